/** What a step generates or draws: the rounds of a loop, its `prompt`, and its `payload` block, with fields of CUSTOM data that stand in a file of their own. */
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

/** Largest file: every message is made of it. */
const MAX_FILE = 1024 * 1024
/** Largest corpus, which is kept in memory. */
const MAX_CORPUS = 16 * 1024 * 1024

/** The fields in a JSON file of the scenario's folder, templates in their strings. @throws UsageError when it cannot be read, or is no object */
function readFields(baseDir: string, name: string): NonNullable<PayloadSpec['custom']> {
  const fields = readConfinedJson(baseDir, name, MAX_FILE)
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields as NonNullable<PayloadSpec['custom']> // an object that was parsed from JSON holds JSON
  throw new UsageError(`${name} holds no fields`, 'expected a JSON object, such as { "order": "{{uuid}}" }')
}

/** The block with its `payloadFile` replaced by the fields that the file holds. @throws UsageError when it cannot be read, or is no object */
function withFields(spec: PayloadSpec, baseDir: string): PayloadSpec {
  return spec.payloadFile === undefined ? spec : { ...spec, custom: readFields(baseDir, spec.payloadFile) }
}

/**
 * Compiles the `payload` block of the step at `path`, after reading the JSON file that it names. Returns undefined when it has an error,
 * which `texts` collects.
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

/** Compiles the `prompt` block of the step at `path`. Returns undefined when its corpus cannot be used, which `texts` collects. */
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

/** Compiles the key `times` of the loop at `path`, which is a number, a distribution or a template. */
export function compileTimes(times: LengthSpec | string | undefined, path: Path, texts: Texts): LoopStep['times'] {
  return typeof times === 'object' ? lengthsOf(times) : typeof times === 'string' ? texts.template(times, path) : times
}
