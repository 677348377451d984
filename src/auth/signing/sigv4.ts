/** AWS Signature Version 4: the headers that authenticate one request. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
import { createHash, createHmac } from 'node:crypto'

/** An HTTP request as it goes out, without its signature. Header names are in lower case. */
export interface UnsignedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}

/** The access keys of an AWS identity, and the region and service for which requests are signed; temporary keys also have a `sessionToken`. */
interface SigningKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly region: string
  readonly service: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/**
 * Returns a function that signs a request with AWS Signature Version 4 at a given time (ms since 1970), and returns the headers to add:
 * `authorization`, `x-amz-date`, and `x-amz-security-token` for temporary keys. Of the request's own headers, only host and content type are signed,
 * because others may be changed on the way.
 */
export function signerV4(keys: SigningKeys): (request: UnsignedRequest, nowMs: number) => Record<string, string> {
  const { accessKeyId, sessionToken, region, service } = keys
  let day = ''
  let key: Buffer | undefined
  return ({ method, url, headers, body }, nowMs) => {
    const time = new Date(nowMs).toISOString().replaceAll(/[:-]|\.\d+/g, '')
    const today = time.slice(0, 8)
    // The key is that of a day, and takes more work than the rest.
    if (key === undefined || day !== today) key = signingKey(keys, today)
    day = today
    const added = { 'x-amz-date': time, ...(sessionToken && { 'x-amz-security-token': sessionToken }) }
    const type = headers['content-type']
    const signed: Readonly<Record<string, string>> = { ...(type && { 'content-type': type }), host: url.host, ...added }
    const names = Object.keys(signed).join(';')
    const request = [
      method,
      canonicalPath(url),
      canonicalQuery(url),
      ...Object.entries(signed).map(([name, value]) => `${name}:${value.trim().replaceAll(/ +/g, ' ')}`),
      '',
      names,
      sha256(body ?? ''),
    ].join('\n')
    const scope = `${today}/${region}/${service}/aws4_request`
    const signature = hmac(key, [ALGORITHM, time, scope, sha256(request)].join('\n')).toString('hex')
    return {
      ...added,
      authorization: `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    }
  }
}

function signingKey({ secretAccessKey, region, service }: SigningKeys, day: string): Buffer {
  return [day, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`))
}

/** Each segment is encoded once more: of the services, S3 alone does without that. */
function canonicalPath(url: URL): string {
  return url.pathname
    .replaceAll(/\/{2,}/g, '/')
    .split('/')
    .map(encoded)
    .join('/')
}

function canonicalQuery(url: URL): string {
  const pairs = [...url.searchParams].map(([name, value]) => [encoded(name), encoded(value)] as const)
  return pairs
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** The text with all but RFC 3986's unreserved characters encoded. */
const encoded = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
