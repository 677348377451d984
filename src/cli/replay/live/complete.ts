/**
 * Checks that everything which recorded messages need to be sent again is there: their tools in the scenario, their files in its folder, their whole
 * texts.
 */
import { UsageError } from '../../../errors.ts'
import type { Plan } from '../../../scenario/compile/plan.ts'
import { allSteps, listAt, mapAt, type WrittenMap } from '../../../scenario/schema/written-steps.ts'
import { TRUNCATION_MARK } from '../../../store/journal/line.ts'
import { hashOfContent } from '../../../store/journal/message-fields.ts'
import type { JsonDraft } from '../../../text/json.ts'
import { type RecordedTurn, sessionId } from '../recorded/sessions.ts'
import type { ScriptedMessage, ScriptedSession } from './script.ts'

/** Keys of a step that concern tools. */
const TOOL_KEYS = ['tools', 'toolReply', 'toolRounds']

/**
 * Returns, for `burn replay --live`, a function that returns the step keys (`tools`, `toolReply`, `toolRounds`) with which a recorded message must be
 * sent again. The journal has only the names of tools, so the keys are copied from the step that sent the message. `raw` is the scenario as written,
 * `plan` its plan. The function throws UsageError when that step no longer has the tools.
 */
export function toolsFrom(raw: JsonDraft, plan: Plan): (turn: RecordedTurn) => WrittenMap {
  const written = allSteps(raw).filter(({ step }) => step.message !== undefined || step.request !== undefined)
  const steps = new Map(plan.exchanges.map(({ name, index }) => [name, written[index]?.step ?? {}]))
  return ({ entry }) => {
    const { tools = [], toolRound = 0, step } = entry
    if (tools.length === 0) return {}
    const own = steps.get(step) ?? {}
    const known = new Set(listAt(own, ['tools']).map((tool) => mapAt(tool, []).name))
    const lacking = tools.filter((name) => !known.has(name))
    if (lacking.length > 0 || (toolRound > 0 && own.toolReply === undefined))
      throw new UsageError(
        `session ${sessionId(entry)}: its step ${step} had ${lacking.length > 0 ? `the tools ${lacking.join(', ')}` : 'answers to calls of tools'}, which this scenario does not have`,
        'the journal has their names only: name the scenario of that run with -s',
      )
    return Object.fromEntries(TOOL_KEYS.filter((key) => own[key] !== undefined).map((key) => [key, own[key]]))
  }
}

/**
 * Checks that the journal contains the whole text of each message that `burn replay --live` is to send again.
 * @throws UsageError when it has only the beginning of one
 */
export function refuseCut(script: readonly ScriptedSession[]): void {
  for (const { session, messages } of script) {
    const isCut = messages.some(({ turn: { entry } }) => entry.warnings.includes('entry_cut') || textsOf(entry).some(endsCut))
    if (isCut)
      throw new UsageError(
        `session ${sessionId(session)}: a message is too long for the journal, which has its beginning only`,
        'choose other sessions with --session, --vu or --worst',
      )
  }
}

const textsOf = ({ prompt, parts = [] }: RecordedTurn['entry']) => [prompt, ...parts.flatMap((part) => Object.values(part))]
const endsCut = (text: string) => text.endsWith(TRUNCATION_MARK)

/**
 * Checks that the files (such as images) which `burn replay --live` is to send again have not changed since the recorded run. `plan` is the plan of
 * the new run.
 * @throws UsageError
 */
export function refuseChangedFiles(script: readonly ScriptedSession[], plan: Plan): void {
  const steps = new Map(plan.exchanges.map((step) => [step.name, step]))
  for (const { messages } of script) for (const message of messages) refuseChanged(message, steps.get(message.step))
}

function refuseChanged({ turn: { entry } }: ScriptedMessage, step: Plan['exchanges'][number] | undefined): void {
  if (step?.kind !== 'message' || 'source' in step.content) return
  for (const [index, { sha256, text: _, type: __, ...from }] of (entry.parts ?? []).entries()) {
    const part = step.content[index]
    if (part === undefined || !('attachment' in part) || 'url' in part) continue
    const { source } = part.attachment
    if ('url' in source || hashOfContent(source.base64) === sha256) continue
    const named = `session ${sessionId(entry)}: ${Object.values(from)[0]}`
    // Such as one that a reply gave: it must not make burn read a file of this machine.
    if (sha256 === undefined) throw new UsageError(`${named} was sent as an address, and is none`, 'choose other sessions')
    throw new UsageError(
      `${named} is not the file that was sent`,
      'the journal has a hash of it only: put that file back, or choose other sessions',
    )
  }
}
