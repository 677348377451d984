/** Checks of the tools that a reply calls. */
import { isDeepStrictEqual } from 'node:util'
import type { ToolCall } from '../../../reply-record.ts'
import { isMap, jsonIn } from '../../../text/json.ts'
import { clip, type Test } from './types.ts'

interface ToolCallSpec {
  readonly name: string
  readonly arguments?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Compiles the `tool-call` check to a test that the reply calls the named tool and that the call has at least the expected arguments, if the check
 * states any. When the arguments are not valid JSON, as in a reply that was cut off, both the check and its opposite fail.
 */
export function toolCallTest(spec: string | ToolCallSpec): Test {
  const { name, arguments: expected = {} } = typeof spec === 'string' ? { name: spec } : spec
  return ({ exchange: { toolCalls } }) => {
    const named = toolCalls.filter((call) => call.name === name)
    const passed = named.some((call) => !isTorn(call) && hasAll(jsonIn(call.arguments), expected))
    if (passed || !named.some(isTorn)) return { passed, observed: described(toolCalls) }
    return { passed, observed: `arguments that are no JSON: ${described(toolCalls)}`, undecided: true }
  }
}

/** Returns true for tool arguments that are not valid JSON, as in a reply that was cut off. Empty arguments are valid. */
function isTorn({ arguments: given }: ToolCall): boolean {
  return given.trim() !== '' && jsonIn(given) === undefined
}

/** Returns true when a value contains an expected one: an object has at least its members, any other value is equal. */
function hasAll(value: unknown, expected: unknown): boolean {
  if (!isMap(expected)) return isDeepStrictEqual(value, expected)
  const members = Object.entries(expected)
  if (!isMap(value)) return members.length === 0
  return members.every(([key, part]) => Object.hasOwn(value, key) && hasAll(value[key], part))
}

interface ToolNamesSpec {
  readonly to: string | readonly string[]
  readonly threshold?: number | undefined
}

/**
 * Compiles the `tool-call-f1` check to a test that the reply calls the expected tools: F1, the harmonic mean of precision and recall of the
 * set of tool names, must be at least the threshold (default 1).
 */
export function toolNamesTest(spec: string | readonly string[] | ToolNamesSpec): Test {
  const { to, threshold = 1 } = isNamesSpec(spec) ? spec : { to: spec }
  const expected = new Set([to].flat().flatMap((names) => names.split(',').map((name) => name.trim())))
  return ({ exchange: { toolCalls } }) => {
    const called = new Set(toolCalls.map(({ name }) => name))
    const common = [...called].filter((name) => expected.has(name)).length
    const f1 = (2 * common) / (called.size + expected.size)
    return { passed: f1 >= threshold, observed: `F1 ${f1.toFixed(2)}: ${described(toolCalls)}` }
  }
}

const isNamesSpec = (spec: string | readonly string[] | ToolNamesSpec): spec is ToolNamesSpec =>
  typeof spec === 'object' && !Array.isArray(spec)

function described(calls: readonly ToolCall[]): string {
  if (calls.length === 0) return 'no tool call'
  return `calls ${clip(calls.map(({ name, arguments: given }) => `${name} ${given}`).join(', '))}`
}
