import { isMap, jsonIn } from '../../text/json.ts'
import type { Data } from '../template.ts'

/** The formats that `burn convert` reads. */
export const IMPORT_FORMATS = ['stream-testbench', 'krawall', 'curl', 'har', 'openapi', 'postman'] as const
/** The name of a format that `burn convert` reads. */
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

/** The kind of a file that was recognised, and whether burn can convert it. */
interface Recognised {
  /** The kind of file in words, with an article: "a k6 script". */
  readonly name: string
  /** True when `burn convert` reads such files. */
  readonly converted: boolean
  /** Advice on what to do with the file instead; undefined when there is none. */
  readonly hint?: string
}

/** Number of characters at the beginning of a text in which patterns are searched. */
const LOOKED_AT = 64 * 1024

const AS_CURL = 'copy it as cURL (bash): `burn convert` reads that'

/** Patterns of texts with the name of the tool and a hint, the most certain pattern first. */
const TEXTS: readonly (readonly [RegExp, string, string?])[] = [
  [/\b(?:from\s+|require\(\s*|import\s+)['"]k6(?:\/[\w/-]+)?['"]/, 'a k6 script'],
  [/^\s*(?:from\s+locust\b|import\s+locust\b)/m, 'a locustfile'],
  [/<jmeterTestPlan\b/, 'a JMeter test plan'],
  [/\bio\.gatling\b|@gatling\.io\/|\bextends\s+Simulation\b/, 'a Gatling simulation'],
  [/<tsung\b/, 'a Tsung scenario'],
  [/<(?:con:)?soapui-project\b/, 'a SoapUI project'],
  [/@playwright\/test|\bfrom\s+['"]puppeteer/, 'a browser script'],
  [/\bwrk\.(?:method|body|headers)\b/, 'a wrk script'],
  [/\bInvoke-(?:WebRequest|RestMethod)\b/i, 'a PowerShell command', AS_CURL],
  [/^\s*(?:await\s+)?fetch\(\s*["'`]/, 'a call of fetch', AS_CURL],
  [/^\s*(?:\$\s+)?wget\s/, 'a wget command', 'write it as a curl command'],
  [
    /^\s*(?:\$\s+)?https?\s+(?:-\S+\s+)*(?:GET|POST|PUT|PATCH|DELETE|HEAD|:|https?:)/,
    'an HTTPie command',
    'write it as a curl command',
  ],
  [/^\s*#%RAML\b/, 'a RAML document', 'convert it to OpenAPI first'],
  [/<(?:wsdl:)?definitions\b[^>]*wsdl/, 'a WSDL document'],
  [/^\s*syntax\s*=\s*"proto[23]"/m, 'a .proto file', 'name it in grpc.proto of a scenario'],
  [/^meta\s*\{[\s\S]*^(?:get|post|put|patch|delete|head)\s*\{/m, 'a Bruno request', 'export the collection for Postman'],
  [/^\s*(?:import\s+(?:requests|httpx|aiohttp|openai|anthropic)\b|from\s+(?:openai|anthropic)\s+import)/m, 'a Python program'],
  [/^\s*(?:extend\s+)?(?:schema|type\s+Query)\b[^\n{]*\{/m, 'a GraphQL schema'],
  [
    /^(?:#+[^\n]*\n|\/\/[^\n]*\n|@\w+\s*=[^\n]*\n|\s)*(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+(?:https?:\/\/|\{\{|\/)\S*/,
    'a file of HTTP requests',
    AS_CURL,
  ],
  [/^\s*<(?:!doctype\s+)?html\b/i, 'an HTML page'],
]

/** Tests of parsed data with the name of the tool and a hint. */
const VALUES: readonly (readonly [(value: Readonly<Record<string, unknown>>) => boolean, string, string?])[] = [
  [({ config, scenarios }) => Array.isArray(scenarios) && isMap(config), 'an Artillery test'],
  [({ execution, scenarios, settings }) => execution !== undefined && (scenarios ?? settings) !== undefined, 'a Taurus test'],
  [
    ({ prompts, providers, targets }) => prompts !== undefined && (providers ?? targets) !== undefined,
    'a promptfoo configuration',
  ],
  [({ asyncapi }) => asyncapi !== undefined, 'an AsyncAPI document'],
  [
    ({ _postman_variable_scope }) => _postman_variable_scope !== undefined,
    'a Postman environment',
    'convert the collection; variables come from the environment',
  ],
  [
    ({ requests, order, folders }) => Array.isArray(requests) && (order ?? folders) !== undefined,
    'a Postman collection of version 1',
    'export it as version 2.1',
  ],
  [({ _type, __export_format }) => _type === 'export' || __export_format !== undefined, 'an Insomnia export', 'export it as HAR'],
  [({ type }) => typeof type === 'string' && type.includes('insomnia'), 'an Insomnia export', 'export it as HAR'],
  [({ options, metrics, root_group }) => isMap(metrics) && (root_group ?? options) !== undefined, 'a result of k6'],
]

/** True when a text begins with a curl command. */
export function looksLikeCurl(text: string): boolean {
  return /^\s*(?:#[^\n]*\n\s*)*(?:\$ )?(?:\S*\/)?curl(?:\.exe)?\s/.test(text)
}

/** True when parsed data is an HTTP archive (HAR). */
export function isHar(value: unknown): value is { log: { entries: unknown[] } } {
  return isMap(value) && isMap(value.log) && Array.isArray(value.log.entries)
}

/** True when parsed data is an OpenAPI 3 or Swagger 2.0 document with paths. */
export function isOpenApi(value: unknown): value is Data {
  return isMap(value) && (typeof value.openapi === 'string' || value.swagger !== undefined) && isMap(value.paths)
}

/** True when parsed data is a Postman collection. */
export function isPostman(value: unknown): value is Data {
  return isMap(value) && Array.isArray(value.item) && isMap(value.info)
}

/**
 * Returns what kind of file a text is, such as "a k6 script", and whether `burn convert` reads such files, judging by the text and its parsed data
 * (`value`). Undefined when the kind is unknown; files of Stream Testbench and Krawall are not recognised here.
 */
export function recognised(text: string, value: unknown): Recognised | undefined {
  const head = text.slice(0, LOOKED_AT)
  if (looksLikeCurl(head)) return { name: 'a curl command', converted: true }
  if (isHar(value)) return { name: 'an HTTP archive (HAR)', converted: true }
  if (isOpenApi(value)) return { name: 'an OpenAPI document', converted: true }
  if (isPostman(value)) return { name: 'a Postman collection', converted: true }
  const [, byValue, valueHint] = (isMap(value) ? VALUES.find(([fits]) => fits(value)) : undefined) ?? []
  if (byValue !== undefined) return named(byValue, valueHint)
  // The texts in data may contain patterns of programs, so data is not searched for them.
  if (isMap(value) || Array.isArray(value)) return undefined
  const [, byText, textHint] = TEXTS.find(([mark]) => mark.test(head)) ?? []
  if (byText !== undefined) return named(byText, textHint)
  return isJsonLines(head)
    ? named('a file of JSON lines', 'rows of data are named in data: { file: … } of a scenario')
    : undefined
}

function named(name: string, hint: string | undefined): Recognised {
  return { name, converted: false, ...(hint === undefined ? {} : { hint }) }
}

/** True for JSON Lines: the first two lines are objects. Later ones are not checked, since the text may be cut off. */
function isJsonLines(text: string): boolean {
  const [first = '', second = ''] = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  return [first, second].every((line) => isMap(jsonIn(line)))
}
