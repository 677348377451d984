import type { Dialect, PartKind } from '../../../dialects/parts/dialect.ts'
import { TEXTS_ONLY } from '../../../dialects/parts/turns.ts'
import { otherScheme, partFacts, silenceMs } from '../../compile/steps/message-parts.ts'
import { rule } from '../../lint/subject.ts'
import { targetUses } from '../../lint/targets.ts'
import { member } from '../../schema/schema-walk.ts'
import { ATTACHMENT_KINDS, type PartBlock } from '../../schema/step/parts.ts'
import { listAt, mapAt, type WrittenStep } from '../../schema/written-steps.ts'

const PART_KINDS = ['text', ...ATTACHMENT_KINDS] as const

const KINDS = { image: 'image', audio: 'sound' }

/** Returns what is wrong with a message part for an API format, with a hint; undefined when nothing is. */
function wrongWith(facts: NonNullable<ReturnType<typeof partFacts>>, { name, part }: Dialect): [string, string?] | undefined {
  const { kind, from, isAddress, mediaType } = facts
  const scheme = otherScheme(from)
  if (scheme !== undefined)
    return [
      `an address that begins with ${scheme} is not sent`,
      'name a file in the folder of the scenario, which is sent as Base64, or an address that begins with https://',
    ]
  if (!isAddress && from.includes('{{'))
    return [
      'a file is read before the run: its path cannot be a template',
      'an address that begins with a template can: "{{base}}/cat.png"',
    ]
  if (kind === 'audio' && Number.isNaN(silenceMs(from))) return [`${from} is no silence of up to 4 minutes`, 'such as silence:2s']
  if (!isAddress && mediaType === undefined)
    return [
      `what ${from} holds cannot be seen by its name`,
      `add its media type, such as type: ${kind === 'file' ? 'application' : kind}/…`,
    ]
  if (!isAddress && kind !== 'file' && mediaType !== undefined && !mediaType.startsWith(`${kind}/`))
    return [`${from} is ${mediaType}, and no ${KINDS[kind]}`, `name it as file, or add its media type, such as type: ${kind}/…`]
  const source = isAddress ? { url: from } : { base64: '' }
  if (part === undefined) return [`the API format ${name} takes ${TEXTS_ONLY}`, 'a request step sends any body']
  const made = part({ ...facts, source })
  return typeof made === 'string' ? [`the API format ${name} takes ${made}`] : undefined
}

/** Returns those keys of a message part whose values are texts; the schema reports parts of another form. */
function textsOf(part: unknown): PartBlock {
  return Object.fromEntries(Object.entries(mapAt(part, [])).filter(([, value]) => typeof value === 'string'))
}

/** The kinds of the parts of a message step, as far as its message fits the schema. */
function kindsOf({ step: { message } }: WrittenStep): PartKind[] | undefined {
  if (typeof message === 'string') return ['text']
  if (!Array.isArray(message)) return undefined
  return listAt(message, []).flatMap((part) => PART_KINDS.filter((kind) => member(part, kind) !== undefined))
}

/**
 * The lint rule (of `burn validate`) that reports message parts which cannot be sent: a part that the API of the target does not take, such as a
 * sound, and a file with an unusable path or an unknown media type. It also reports a message without a part that the API needs.
 */
export const E_PART = rule('E_PART', (subject, report) => {
  for (const { target, steps } of targetUses(subject)) {
    const { dialect, chat } = target
    for (const written of steps) {
      const at = [...written.path, 'message']
      const kinds = subject.doubts.within(at) ? undefined : kindsOf(written)
      const lacking = kinds && dialect.lacks?.(kinds, chat.body)
      if (lacking) report(at, 'value', `the API format ${dialect.name} takes no message without ${lacking[0]}`, lacking[1])
      for (const [index, part] of listAt(written.step, ['message']).entries()) {
        const facts = partFacts(textsOf(part))
        const wrong = facts && wrongWith(facts, dialect)
        if (facts && wrong) report([...at, index, facts.kind], 'value', ...wrong)
      }
    }
  }
})
