import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** Derives a key from a password (PBKDF2) on Node's thread pool, because thousands of rounds on the main thread would delay measurements. */
const derive = (...parameters: [password: Buffer, salt: Buffer, rounds: number, bytes: number, digest: string]) =>
  promisify(pbkdf2)(...parameters)

/**
 * The hash of each supported SCRAM method. A map, because a method name from outside, such as `constructor`, would find a member of a plain object.
 */
const HASHES: ReadonlyMap<string, { readonly name: string; readonly bytes: number }> = new Map([
  ['SCRAM-SHA-1', { name: 'sha1', bytes: 20 }],
  ['SCRAM-SHA-256', { name: 'sha256', bytes: 32 }],
  ['SCRAM-SHA-512', { name: 'sha512', bytes: 64 }],
])

/** The largest number of hash rounds that a broker may ask for. */
const MOST_ROUNDS = 1_000_000

/** The first field of a SCRAM message from a client that does not use channel binding, in base64. */
const NO_BINDING = 'biws'

/** True when an authentication method of MQTT 5 is a SCRAM method that burn supports, such as SCRAM-SHA-256. */
export function isScram(method: string): boolean {
  return HASHES.has(method)
}

/** The client side of one SCRAM authentication, which proves a password without sending it. @see RFC 5802, RFC 7677 */
export class Scram {
  private readonly hash: { readonly name: string; readonly bytes: number }
  private readonly password: Buffer
  private readonly nonce: string
  private readonly bare: string
  private expected: Buffer | undefined

  /** `user` and `password` are what SCRAM proves. `nonce` is random unless a test gives it. */
  constructor(method: string, user: string, password: Buffer, nonce = randomBytes(18).toString('base64')) {
    const hash = HASHES.get(method)
    if (!hash) throw new RangeError(`${method} is not a method of SCRAM`)
    this.hash = hash
    this.password = password
    this.nonce = nonce
    this.bare = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`
  }

  /** Returns the client's first message, which is sent in CONNECT. */
  first(): Buffer {
    return Buffer.from(`n,,${this.bare}`)
  }

  /** Returns the answer to the broker's challenge. @throws RangeError when the challenge is not valid SCRAM */
  async answer(challenge: Buffer): Promise<Buffer> {
    const said = challenge.toString('utf8')
    const [, nonce = '', salt = '', rounds = ''] = /^r=([^,]+),s=([^,]+),i=([1-9][0-9]*)/.exec(said) ?? []
    if (!nonce.startsWith(this.nonce) || nonce.length === this.nonce.length || Number(rounds) > MOST_ROUNDS)
      throw new RangeError('the challenge of the broker is none of SCRAM')
    const { name, bytes } = this.hash
    const salted = await derive(this.password, Buffer.from(salt, 'base64'), Number(rounds), bytes, name)
    const bare = `c=${NO_BINDING},r=${nonce}`
    const signed = `${this.bare},${said},${bare}`
    const clientKey = this.hmac(salted, 'Client Key')
    const signature = this.hmac(createHash(name).update(clientKey).digest(), signed)
    this.expected = this.hmac(this.hmac(salted, 'Server Key'), signed)
    const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0))
    return Buffer.from(`${bare},p=${Buffer.from(proof).toString('base64')}`)
  }

  /** Returns true when `said`, the broker's last message, proves that the broker knows the password too. */
  isProved(said: Buffer): boolean {
    const proof = Buffer.from(/^v=([^,]+)/.exec(said.toString('utf8'))?.[1] ?? '', 'base64')
    return this.expected !== undefined && proof.length === this.expected.length && timingSafeEqual(proof, this.expected)
  }

  private hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.hash.name, key).update(text).digest()
  }
}
