/** Makes the tool calls with which the mock replies instead of a text. */
import { isMap } from '../../text/json.ts'
import { createRandom, type MockRandom } from './random.ts'
import type { MockSettings } from './settings.ts'

/** The tools that a request offers to the mock, and how many rounds of tool calls the client has already answered. */
export interface OfferedTools {
  /** The offered tools, each with the JSON Schema of its arguments. */
  readonly tools: readonly { readonly name: string; readonly parameters: unknown }[]
  /** Number of rounds of tool calls that have been answered since the user's last message. */
  readonly answered: number
}

/** One tool call in a reply of the mock; `arguments` is JSON text. */
export interface MockCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

/**
 * Returns the tool calls in the mock's reply to request number `k`; empty when the reply is a text. The setting `toolRounds` is the number of
 * replies in a row that call tools, `toolCalls` the number of calls in each. The calls take the offered tools in turn.
 */
export function callsFor(offered: OfferedTools | undefined, settings: MockSettings, k: number): MockCall[] {
  const { tools, answered } = offered ?? NO_TOOLS
  if (tools.length === 0 || answered >= settings.toolRounds) return []
  return Array.from({ length: settings.toolCalls }, (_, index) => {
    const { name = '', parameters } = tools[(answered * settings.toolCalls + index) % tools.length] ?? {}
    const random = createRandom(settings.seed, 'tool', answered, index)
    return {
      id: `call_mock_${k}_${index}`,
      name,
      arguments: JSON.stringify(sampleOf({ type: 'object', ...asMap(parameters) }, random)),
    }
  })
}

const NO_TOOLS: OfferedTools = { tools: [], answered: 0 }

const asMap = (value: unknown): Readonly<Record<string, unknown>> => (isMap(value) ? value : {})

/** Returns a value that fits the common keywords of a JSON Schema: type, properties, enum. */
function sampleOf(schema: Readonly<Record<string, unknown>>, random: MockRandom): unknown {
  if (Array.isArray(schema.enum)) return schema.enum[Math.floor(random() * schema.enum.length)]
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(asMap(schema.properties)).map(([key, inner]) => [key, sampleOf(asMap(inner), random)]),
      )
    case 'array':
      return [sampleOf(asMap(schema.items), random)]
    case 'integer':
    case 'number':
      return Math.floor(random() * 100)
    case 'boolean':
      return random() < 0.5
    case 'null':
      return null
    default:
      return `word${Math.floor(random() * 100)}`
  }
}

/** The length in characters of the pieces in which a call's arguments are streamed: about one token. */
const PIECE = 4

/** Splits the arguments of a tool call into the pieces of at most four characters in which the mock streams them. */
export function piecesOf({ arguments: text }: MockCall): string[] {
  return text.match(new RegExp(`.{1,${PIECE}}`, 'gsu')) ?? []
}
