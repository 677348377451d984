import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import * as z from 'zod'
import { UsageError } from '../../errors.ts'
import { inTurns } from '../../pieces.ts'
import { jsonOrText } from '../../text/json.ts'
import { secretsInAddress } from '../../text/written-secrets.ts'
import type { ExportSnapshot } from '../points/point.ts'
import { encoded } from '../send/encoded.ts'
import { type AskedBy, formOf, headersField, httpAddress, type Output, type PlannedOutput, type Taken } from '../send/output.ts'
import { otlpJson } from '../text/otlp.ts'
import { metricsUrl, type OtlpVariables, otlpVariables, resourceVariables } from './otlp-variables.ts'

/** The word `env` in `otlp: env`. A scenario writes it in place of an address, so that OpenTelemetry's environment variables set the address. */
export const BY_VARIABLES = 'env'

/** The longest message of a receiver that is kept, in characters. */
const MAX_REMARK = 200

const compressed = promisify(gzip)

interface OtlpEntry {
  readonly otlp: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly histograms?: 'explicit' | 'exponential' | undefined
}

/** The export format `otlp`: sends metrics as OTLP over HTTP, in JSON, to an OpenTelemetry collector, Prometheus, and most monitoring systems. */
export const otlp = formOf({
  key: 'otlp',
  describe: 'OTLP over HTTP, in JSON: an OpenTelemetry collector, Prometheus (http://HOST:9090/api/v1/otlp), and most others',
  fields: () => ({
    otlp: z
      .union([z.literal(BY_VARIABLES), httpAddress()], `expected ${BY_VARIABLES}, or an address such as http://127.0.0.1:4318`)
      .describe('Address of the receiver, to which /v1/metrics is added; env: as the OTEL_EXPORTER_OTLP_… variables say'),
    headers: headersField(),
    histograms: z
      .enum(['explicit', 'exponential'])
      .optional()
      .describe(
        'Form of histograms: with bounds of their own (default), or base-2 exponential, which are finer and not known everywhere',
      ),
  }),
  plan,
})

/**
 * Plans the output of an entry. Headers and resource attributes from the environment are used only for the environment's own address, and for an
 * address that the user typed.
 */
function plan(entry: OtlpEntry, by: AskedBy): PlannedOutput {
  const isByVariables = entry.otlp === BY_VARIABLES
  const environment = isByVariables || by.isTyped ? by.environment : {}
  const variables = otlpVariables(environment)
  const url = isByVariables ? variables.url : metricsUrl(entry.otlp)
  if (url === undefined)
    throw new UsageError('OTLP by the variables: none says where to', 'set OTEL_EXPORTER_OTLP_ENDPOINT, or write --otlp=URL')
  const headers = { ...variables.headers, ...entry.headers }
  const isExponential = entry.histograms === undefined ? variables.isExponential : entry.histograms === 'exponential'
  const resource = resourceVariables(environment)
  const { origin, pathname } = new URL(url)
  return {
    to: `${origin}${pathname}`,
    secrets: [
      ...Object.values(headers).map((value) => value.replace(/^(?:Bearer|Basic|Token)\s+/i, '')),
      ...(isByVariables ? secretsInAddress(url) : []),
    ],
    open: () => open({ ...variables, url, headers, isExponential }, resource),
  }
}

async function open(
  asked: OtlpVariables & { readonly url: string },
  resource: Readonly<Record<string, string>>,
): Promise<Output> {
  const { Poster } = await import('../send/post.ts')
  const poster = new Poster()
  const { url, timeoutMs, isExponential } = asked
  return {
    async send(snapshot, signal) {
      const { made: parts } = await inTurns(otlpJson(snapshot, { resource, isExponential }))
      const { made: chunks } = await inTurns(encoded(parts))
      const json = Buffer.concat(chunks)
      const headers = { ...asked.headers, 'content-type': 'application/json', ...(asked.gzip && { 'content-encoding': 'gzip' }) }
      const body = asked.gzip ? await compressed(json) : json
      const { error, text: answer } = await poster.post({ url, headers, body, timeoutMs }, signal)
      return { error, ...(error === null && partlyTaken(answer, snapshot)) }
    },
    close: () => poster.close(),
  }
}

/** Returns what a receiver says about points that it rejected. A number that is not valid, or larger than the number of points, is ignored. */
function partlyTaken(answer: string, { metrics }: ExportSnapshot): Pick<Taken, 'rejected' | 'remark'> {
  const said = partialSchema.safeParse(jsonOrText(answer))
  if (!said.success) return {}
  const { rejectedDataPoints, errorMessage } = said.data.partialSuccess
  const rejected = Number(rejectedDataPoints)
  const sent = metrics.reduce((sum, { points }) => sum + points.length, 0)
  const remark = errorMessage.replace(/\s+/g, ' ').trim().slice(0, MAX_REMARK)
  return {
    ...(Number.isSafeInteger(rejected) && rejected > 0 && { rejected: Math.min(rejected, sent) }),
    ...(remark !== '' && { remark }),
  }
}

const partialSchema = z.object({
  partialSuccess: z.object({
    rejectedDataPoints: z.union([z.string(), z.number()]).default(0),
    errorMessage: z.string().catch('').default(''),
  }),
})
