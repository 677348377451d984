import { appendFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as z from 'zod'
import { inTurns } from '../../pieces.ts'
import { encoded } from '../send/encoded.ts'
import { type AskedBy, formOf, headersField, isHttp, type Output, type PlannedOutput, type Taken } from '../send/output.ts'
import { influxLines } from '../text/influx.ts'

/** The largest number of lines in one request; more would make a server slow. */
const LINES_PER_REQUEST = 5000
const TIMEOUT_MS = 10_000
/** Matches the paths at which InfluxDB (versions 1, 2 and 3) accepts lines. */
const WRITE_PATH = /\/(?:write|api\/v2\/write|api\/v3\/write_lp)$/

interface InfluxEntry {
  readonly influx: string
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The export format `influx`: sends metrics in the line protocol of InfluxDB, over HTTP or into a file. */
export const influx = formOf({
  key: 'influx',
  describe: 'Line protocol of InfluxDB, to its write address or into a file',
  fields: () => ({
    influx: z
      .string()
      .min(1)
      .max(2000)
      .refine(
        (text) => !text.includes('://') || isHttp(text),
        'expected an address that begins with http:// or https://, or a file',
      )
      .refine(
        (text) => !isHttp(text) || WRITE_PATH.test(new URL(text).pathname),
        'expected the write address: http://HOST:8086/write?db=NAME (version 1) or http://HOST:8086/api/v2/write?org=NAME&bucket=NAME',
      )
      .refine(
        (text) => !isHttp(text) || new URL(text).username === '',
        'a user in an address is not sent: write token or headers',
      )
      .describe(
        'Write address, with its database or bucket: http://HOST:8086/write?db=NAME, http://HOST:8086/api/v2/write?org=NAME&bucket=NAME; or a file',
      ),
    token: z.string().min(1).optional().describe('Token, from ${env.NAME}; with --export that of INFLUX_TOKEN, if there is one'),
    headers: headersField(),
  }),
  fileOf: ({ influx: where }) => (isHttp(where) ? undefined : where),
  plan,
})

function plan({ influx: where, token: own, headers }: InfluxEntry, { isTyped, environment }: AskedBy): PlannedOutput {
  if (!isHttp(where)) {
    const path = isTyped ? resolve(where) : where
    const fileIn = (folder: string) => resolve(folder, path)
    return { to: where, secrets: [], fileIn, open: async (folder) => intoFile(fileIn(folder)) }
  }
  const url = new URL(where)
  url.searchParams.set('precision', 'ns')
  const token = own ?? (isTyped ? environment.INFLUX_TOKEN || undefined : undefined)
  const secrets = [token, url.searchParams.get('p')].filter((secret) => typeof secret === 'string')
  const all = {
    ...(token !== undefined && { authorization: `Token ${token}` }),
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
  }
  return { to: `${url.origin}${url.pathname}`, secrets, open: () => overHttp(url.href, all) }
}

async function overHttp(url: string, headers: Readonly<Record<string, string>>): Promise<Output> {
  const { Poster } = await import('../send/post.ts')
  const poster = new Poster()
  return {
    async send(snapshot, signal) {
      const { made: lines } = await inTurns(influxLines(snapshot))
      for (let from = 0; from < lines.length; from += LINES_PER_REQUEST) {
        const { made: chunks } = await inTurns(encoded(lines.slice(from, from + LINES_PER_REQUEST), '\n'))
        const { error } = await poster.post({ url, headers, body: Buffer.concat(chunks), timeoutMs: TIMEOUT_MS }, signal)
        if (error !== null) return { error }
      }
      return { error: null }
    },
    close: () => poster.close(),
  }
}

/** Makes an output that appends each snapshot to a file. The file starts empty in each run. */
function intoFile(file: string): Output {
  let write: typeof writeFile = writeFile
  return {
    async send(snapshot): Promise<Taken> {
      try {
        const { made: lines } = await inTurns(influxLines(snapshot))
        const { made: chunks } = await inTurns(encoded(lines, '\n'))
        await write(file, Buffer.concat(chunks))
        write = appendFile
        return { error: null }
      } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}
