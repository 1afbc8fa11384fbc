import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from './support/compose-model.js'

/**
 * In the place of es-gencert-cli 1.0.2: its options, its refusal of a folder that is there, the modes of its files. A
 * certificate says for whom it is and who signed it, in words.
 */
const standIn = `#!/usr/bin/env bash
set -eu
command=$1; shift
while [ $# -gt 0 ]; do case $1 in
  -out) out=$2 ;; -ca-certificate) ca=$2 ;; -ca-key) key=$2 ;; -dns-names) dns=$2 ;; -ip-addresses) ip=$2 ;; *) exit 64 ;;
esac; shift 2; done
mkdir "$out" || exit 1
number=$(cat "$COUNTER" 2>/dev/null || echo 0); number=$((number + 1)); echo $number > "$COUNTER"
if [ "$command" = create-ca ]; then
  echo "authority $number" > "$out/ca.crt"; echo "key of authority $number" > "$out/ca.key"; chmod 444 "$out/ca.crt"; chmod 400 "$out/ca.key"
else
  [ "key of $(cat "$ca")" = "$(cat "$key")" ] || exit 1
  echo "$number for $dns $ip by $(cat "$ca")" > "$out/node.crt"; echo "key $number" > "$out/node.key"; chmod 444 "$out/node.crt"; chmod 400 "$out/node.key"
fi
`

describe('making certificates', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-certificates-'))
    for (const name of ['bin', 'authority', 'trusted', 'nodes/node1', 'nodes/node2']) await mkdir(join(folder, name), { recursive: true })
    await writeFile(join(folder, 'bin/es-gencert-cli'), standIn)
    await chmod(join(folder, 'bin/es-gencert-cli'), 0o755)
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const run = (...args: string[]) =>
    promisify(execFile)('bash', [join(root, 'deploy/cluster/make-certificates.sh'), ...args], {
      env: {
        PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
        COUNTER: join(folder, 'counter'),
        AUTHORITY: join(folder, 'authority'),
        TRUSTED: join(folder, 'trusted'),
        NODES_FOLDER: join(folder, 'nodes'),
        NODES: 'node1 node2',
        NODE_OWNER: `${process.getuid!()}:${process.getgid!()}`,
      },
    })
  const text = async (file: string): Promise<string> => (await readFile(join(folder, file), 'utf8')).trim()
  const nodes = () => Promise.all([text('nodes/node1/node.crt'), text('nodes/node2/node.crt')])
  const trusted = async () => ({ files: await readdir(join(folder, 'trusted/authorities')), all: await text('trusted/ca.crt') })

  it('given nothing, then there is an authority, and a certificate with the name of each node', async () => {
    await run()
    expect(await nodes()).toEqual(['2 for node1,localhost 127.0.0.1 by authority 1', '3 for node2,localhost 127.0.0.1 by authority 1'])
    expect(await text('nodes/node1/node.key')).toBe('key 2')
    expect(await trusted()).toEqual({ files: ['current.crt'], all: 'authority 1' })
    const mode = async (file: string): Promise<number> => (await stat(join(folder, file))).mode & 0o777
    expect([await mode('nodes/node1/node.key'), await mode('nodes/node1/node.crt'), await mode('trusted/ca.crt')]).toEqual([
      0o400, 0o444, 0o644,
    ])
  })

  it('given all of it, then nothing changes; given one missing, then only that one is made', async () => {
    await run()
    await run('make')
    expect(await nodes()).toEqual([expect.stringMatching(/^2 /), expect.stringMatching(/^3 /)])
    await rm(join(folder, 'nodes/node2'), { recursive: true })
    await mkdir(join(folder, 'nodes/node2'))
    await run('make')
    expect(await nodes()).toEqual([expect.stringMatching(/^2 /), expect.stringMatching(/^4 .* by authority 1$/)])
  })

  it('when they are renewed, then all nodes have new ones from the same authority', async () => {
    await run()
    await run('renew')
    expect(await nodes()).toEqual([expect.stringMatching(/^4 .* by authority 1$/), expect.stringMatching(/^5 .* by authority 1$/)])
    expect(await text('nodes/node2/node.key')).toBe('key 5')
    expect(await readdir(join(folder, 'nodes/node1'))).toEqual(['node.crt', 'node.key'])
  })

  it('when the authority is changed, then both are trusted until the old one is forgotten', async () => {
    await run()
    await run('new-authority')
    expect(await trusted()).toEqual({ files: ['current.crt', 'previous.crt'], all: 'authority 4\nauthority 1' })
    await run('renew')
    expect((await nodes()).every((one) => one.endsWith('by authority 4'))).toBe(true)
    await run('make')
    expect((await trusted()).files).toEqual(['current.crt', 'previous.crt'])
    await run('forget-authority')
    expect(await trusted()).toEqual({ files: ['current.crt'], all: 'authority 4' })
  })

  it('given a folder that a broken run left behind, then the next one begins anew', async () => {
    await mkdir(join(folder, 'authority/new'))
    await mkdir(join(folder, 'nodes/node1/new'))
    await run()
    expect(await nodes()).toEqual([expect.stringContaining('authority 1'), expect.stringContaining('authority 1')])
  })

  it('given that no authority can be made, which the tool does not tell by its exit code, then the old one stays', async () => {
    await run()
    await writeFile(join(folder, 'bin/es-gencert-cli'), '#!/bin/sh\nexit 0\n')
    await expect(run('new-authority')).rejects.toMatchObject({ code: 1 })
    expect(await text('authority/current/ca.crt')).toBe('authority 1')
    expect((await trusted()).files).toEqual(['current.crt'])
  })

  it('given a word that it does not know, then it does nothing', async () => {
    await expect(run('destroy')).rejects.toMatchObject({ code: 64 })
    expect(await readdir(join(folder, 'authority'))).toEqual([])
  })
})
