import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'

export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
  /** Where a client finds the authority to trust: the certificate itself. */
  readonly caFile: string
  remove(): void
}

/** A certificate for this machine's loopback address, made anew for each test run and gone with it. */
export const makeCertificate = async (): Promise<Certificate> => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  const folder = mkdtempSync(join(tmpdir(), 'eventstore-double-'))
  const caFile = join(folder, 'ca.crt')
  writeFileSync(caFile, cert)
  return { cert: Buffer.from(cert), key: Buffer.from(key), caFile, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
