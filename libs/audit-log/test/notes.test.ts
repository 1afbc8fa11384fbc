import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openNote, readVerifier, signNote, verifierOf, vkeyOf, type Verifier } from '../src/index.js'

/** Go's signer keys hold the seed of an Ed25519 key; this is the head of its PKCS#8 form. */
const privateKeyOf = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' })

const known = (text: string): Verifier => {
  const read = readVerifier(text)
  if (!read.ok) throw new Error(read.why)
  return read.verifier
}

// The example of Go's package golang.org/x/mod/sumdb/note.
const peter = {
  seed: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1),
  vkey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  line: '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
}
const enoch = {
  vkey: 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop',
  line: '\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n',
}
const note = `${peter.text}\n${peter.line}`

describe('notes as others publish them', () => {
  it('given the key of the example in Go, then its verifier string and its signature to the byte', () => {
    const privateKey = privateKeyOf(peter.seed)
    expect(vkeyOf('PeterNeumann', createPublicKey(privateKey))).toBe(peter.vkey)
    expect(signNote(peter.text, { name: 'PeterNeumann', privateKey })).toBe(note)
  })

  it('given that note, then its verifier opens it', () => {
    const opened = openNote(note, [known(peter.vkey)])
    expect(opened).toMatchObject({ ok: true, body: peter.text, signedBy: [{ name: 'PeterNeumann', keyId: 'c74f20a3' }] })
  })

  it('given a second signature, then either verifier opens it, and both are named', () => {
    const both = note + enoch.line
    expect(openNote(both, [known(enoch.vkey)])).toMatchObject({ ok: true, signedBy: [{ name: 'EnochRoot' }] })
    expect(openNote(both, [known(peter.vkey), known(enoch.vkey)])).toMatchObject({
      signedBy: [{ name: 'PeterNeumann' }, { name: 'EnochRoot' }],
    })
  })

  it('given the example of the C2SP specification, then its verifier opens it', () => {
    const key = known('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
    const example =
      'This is an example message.\n\n' +
      '\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n'
    expect(openNote(example, [key])).toMatchObject({ ok: true, body: 'This is an example message.\n' })
  })
})

describe('opening a note', () => {
  const verifier = known(peter.vkey)

  it('given any byte of it altered, then it is not opened', () => {
    const bytes = Buffer.from(note)
    const opened = [...bytes.keys()].filter((place) => {
      const altered = Buffer.from(bytes)
      altered[place]! += 1
      return openNote(altered.toString(), [verifier]).ok
    })
    expect(opened).toEqual([])
  })

  it('given it cut off anywhere, then it is not opened', () => {
    const opened = [...note].map((_, end) => openNote([...note].slice(0, end).join(''), [verifier]).ok)
    expect(opened).not.toContain(true)
  })

  it('given no key that is known, then it says who claims to have signed', () => {
    const other = verifierOf('PeterNeumann', generateKeyPairSync('ed25519').publicKey)
    const signatures = [{ name: 'PeterNeumann', keyId: 'c74f20a3' }]
    expect(openNote(note, [other])).toEqual({ ok: false, problem: 'no-known-key', signatures })
    expect(openNote(note, [])).toEqual({ ok: false, problem: 'no-known-key', signatures })
  })

  it('given another text under the signature of a known key, then the note is spoilt, whoever else signed', () => {
    const privateKey = generateKeyPairSync('ed25519').privateKey
    const other = verifierOf('other', createPublicKey(privateKey))
    const text = 'Something else.\n'
    const spoilt = signNote(text, { name: 'other', privateKey }) + peter.line
    expect(openNote(spoilt, [other]).ok).toBe(true)
    expect(openNote(spoilt, [other, verifier])).toMatchObject({ ok: false, problem: 'bad-signature' })
    expect(openNote(`${note}${peter.line.replace('x08go/ZJ', 'x08go/ZK')}`, [verifier])).toMatchObject({ problem: 'bad-signature' })
  })

  it('given empty lines in the text, then the last one divides', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const text = 'Ognuno\n\n\nsera.\n\n'
    expect(openNote(signNote(text, { name: 'k', privateKey }), [verifierOf('k', publicKey)])).toMatchObject({ ok: true, body: text })
  })

  it.each([
    ['nothing', ''],
    ['a text alone', peter.text],
    ['no blank line', peter.text + peter.line],
    ['no text', `\n${peter.line}`],
    ['no newline at the end', note.slice(0, -1)],
    ['a blank line at the end', `${note}\n`],
    ['line ends of another system', note.replaceAll('\n', '\r\n')],
    ['a tab', note.replace(' ', '\t')],
    ['a hyphen for the dash', note.replace('\u2014', '-')],
    ['a line that is no signature', `${note}more\n`],
    ['two spaces', note.replace('PeterNeumann ', 'PeterNeumann  ')],
    ['no signature after the key id', `${peter.text}\n\u2014 PeterNeumann x08gow==\n`],
    ['bits left over in base64', note.replace('JnAM=', 'JnAN=')],
    ['a space of Unicode in a name', `${note}\u2014 a\u00a0b AAAAAAA=\n`],
    ['more signatures than anyone makes', note + peter.line.repeat(100)],
    ['more text than anyone signs', signNote(`${'x'.repeat(1_000_000)}\n`, { name: 'PeterNeumann', privateKey: privateKeyOf(peter.seed) })],
  ])('given %s, then it is no note', (_, text) => {
    expect(openNote(text, [verifier])).toEqual({ ok: false, problem: 'malformed', signatures: [] })
  })

  it.each([
    ['no newline', 'text', 'k'],
    ['a control character', 'a\tb\n', 'k'],
    ['a lone surrogate', '\ud800\n', 'k'],
    ['a name with a space', 'text\n', 'a b'],
    ['a name with a plus', 'text\n', 'a+b'],
    ['no name', 'text\n', ''],
  ])('given %s to sign, then it refuses', (_, text, name) => {
    expect(() => signNote(text, { name, privateKey: privateKeyOf(peter.seed) })).toThrow(TypeError)
  })
})
