/** Compiles what a step generates or draws: the rounds of a loop, its `prompt`, and its `payload` with fields that may be in a file. */
import { readConfinedBytes, readConfinedJson } from '../../../confined.ts'
import { UsageError } from '../../../errors.ts'
import {
  compilePayload,
  corpusText,
  type LengthSpec,
  lengthsOf,
  type Payload,
  type PayloadSpec,
  PromptMaker,
  type PromptSpec,
} from '../../../payloads/index.ts'
import { E_FILE } from '../../problems/files/E_FILE.ts'
import type { Path } from '../../read/source/source.ts'
import type { LoopStep, MessageStep } from '../plan.ts'
import type { ScenarioSource, Texts } from '../texts.ts'

/** Largest size of a file with payload fields, in bytes, because every message is made from it. */
const MAX_FILE = 1024 * 1024
/** Largest size of the corpus file of a prompt, in bytes, because it is kept in memory. */
const MAX_CORPUS = 16 * 1024 * 1024

/**
 * Returns the payload fields in a JSON file of the scenario's folder; their texts may be templates. @throws UsageError when the file cannot be read,
 * or is no object
 */
function readFields(baseDir: string, name: string): NonNullable<PayloadSpec['custom']> {
  const fields = readConfinedJson(baseDir, name, MAX_FILE)
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields as NonNullable<PayloadSpec['custom']> // an object that was parsed from JSON holds JSON
  throw new UsageError(`${name} holds no fields`, 'expected a JSON object, such as { "order": "{{uuid}}" }')
}

/**
 * Returns a `payload` block in which `payloadFile` is replaced by the fields in that file. @throws UsageError when the file cannot be read, or is no
 * object
 */
function withFields(spec: PayloadSpec, baseDir: string): PayloadSpec {
  return spec.payloadFile === undefined ? spec : { ...spec, custom: readFields(baseDir, spec.payloadFile) }
}

/**
 * Compiles the `payload` block of a step, after reading the JSON file that the block names; `path` is the place of the step in the scenario. When the
 * file or the block cannot be used, returns undefined and adds an error to the problems of the scenario.
 */
export function compilePayloadBlock(block: PayloadSpec, path: Path, { texts, baseDir }: ScenarioSource): Payload | undefined {
  texts.look([...path, 'custom'])
  try {
    const spec = withFields(block, baseDir)
    if (block.payloadFile !== undefined) texts.fieldsIn(block.payloadFile, spec.custom, [...path, 'payloadFile'])
    return texts.quietly(() => compilePayload(spec))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    texts.report(E_FILE.refused(error), [...path, 'payloadFile'])
    return undefined
  }
}

/**
 * Compiles the `prompt` block of a step; `path` is the place of the step in the scenario. When the corpus (the file from which prompts are cut)
 * cannot be used, returns undefined and adds an error to the problems of the scenario.
 */
export function compilePrompt(spec: PromptSpec, path: Path, { texts, baseDir }: ScenarioSource): MessageStep['prompt'] {
  const salt = texts.template(spec.salt ?? '', [...path, 'salt'])
  try {
    const { corpus } = spec
    const textOf = corpus === undefined ? undefined : corpusText(corpus, readConfinedBytes(baseDir, corpus, MAX_CORPUS))
    return { maker: new PromptMaker(spec, textOf), salt }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    texts.report(E_FILE.refused(error), [...path, 'corpus'])
    return undefined
  }
}

/**
 * Compiles the key `times` of a loop, which says how often it repeats: a number, a distribution or a template. `path` is the place of the key in the
 * scenario.
 */
export function compileTimes(times: LengthSpec | string | undefined, path: Path, texts: Texts): LoopStep['times'] {
  return typeof times === 'object' ? lengthsOf(times) : typeof times === 'string' ? texts.template(times, path) : times
}
