/** Certificates made when a test starts, so that none in the repository ever expires. Needs the openssl command. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate and its key, PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

export interface TestCertificates {
  /** File of the authority that signed all but `selfSigned`. */
  readonly caFile: string
  readonly ca: string
  /** For 127.0.0.1 and localhost. */
  readonly good: KeyPair
  /** For 127.0.0.1, ended in 2020. */
  readonly expired: KeyPair
  /** For other.example only. */
  readonly wrongHost: KeyPair
  /** For 127.0.0.1, signed by nobody but itself. */
  readonly selfSigned: KeyPair
  /** Files of a client certificate of the same authority. */
  readonly client: { readonly certFile: string; readonly keyFile: string }
}

const LOOPBACK = 'IP:127.0.0.1,DNS:localhost'

let made: TestCertificates | undefined

/** Gives the certificates of this process, in a folder that is there until it ends. */
export function testCertificates(): TestCertificates {
  made ??= makeCertificates()
  return made
}

/** Makes them all. */
function makeCertificates(): TestCertificates {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const pair = (name: string): KeyPair => ({
    cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
    key: readFileSync(join(folder, `${name}.key`), 'utf8'),
  })
  const selfSigned = (name: string, ...extensions: string[]) => {
    const added = extensions.flatMap((extension) => ['-addext', extension])
    openssl('req', '-x509', ...newKey(name), '-out', `${name}.pem`, '-days', '2', '-subj', `/CN=${name}`, ...added)
    return pair(name)
  }
  const signed = (name: string, san: string, from: string, to: string) => {
    openssl('req', '-new', ...newKey(name), '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${san}\n`)
    openssl(
      'ca',
      '-batch',
      '-config',
      'ca.conf',
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
      '-extfile',
      `${name}.ext`,
      '-startdate',
      from,
      '-enddate',
      to,
      '-notext',
    )
    return pair(name)
  }
  const { cert: ca } = selfSigned('ca', 'basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign')
  prepareAuthority(folder)
  const [from, to] = [opensslDate(-86_400_000), opensslDate(86_400_000)]
  signed('client', 'DNS:client.example', from, to)
  return {
    caFile: join(folder, 'ca.pem'),
    ca,
    good: signed('good', LOOPBACK, from, to),
    expired: signed('expired', LOOPBACK, '20190101000000Z', '20200101000000Z'),
    wrongHost: signed('wrong-host', 'DNS:other.example', from, to),
    selfSigned: selfSigned('self-signed', `subjectAltName=${LOOPBACK}`),
    client: { certFile: join(folder, 'client.pem'), keyFile: join(folder, 'client.key') },
  }
}

function newKey(name: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`]
}

function prepareAuthority(folder: string): void {
  writeFileSync(join(folder, 'index.txt'), '')
  writeFileSync(join(folder, 'serial'), '01\n')
  const lines = [
    '[ca]',
    'default_ca=it',
    '[it]',
    'database=index.txt',
    'serial=serial',
    'new_certs_dir=.',
    'certificate=ca.pem',
    'private_key=ca.key',
  ]
  writeFileSync(
    join(folder, 'ca.conf'),
    [...lines, 'default_md=sha256', 'policy=any', 'unique_subject=no', '[any]', 'commonName=supplied', ''].join('\n'),
  )
}

function opensslDate(offsetMs: number): string {
  return `${new Date(Date.now() + offsetMs).toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`
}
