/** The schemas of steps. The first key of a step is its kind: message, request, delay, loop, if, set. */
import * as z from 'zod'
import { connectors } from '../../connectors/index.ts'
import { identifier, lateObject, positiveDuration, templated, whole } from '../../fields.ts'
import { expectSchema } from '../../metrics/check/check.ts'
import { payloadSchema } from '../../payloads/index.ts'
import { type LengthSpec, lengthSchema } from '../../payloads/lengths.ts'
import { promptSchema } from '../../payloads/prompt.ts'
import { onErrorSchema } from './errors.ts'
import { delaySchema } from './step/delay.ts'
import { messageParts } from './step/parts.ts'
import { toolKeys, toolProblem } from './step/tools.ts'
import { tagsSchema } from './tags.ts'
import { timeoutsSchema } from './target.ts'

/** The schema of the place in a reply from which a value is taken: for one variable of a `capture` block, or for the id of a conversation. */
export const captureSource = z.union([
  z
    .string()
    .regex(
      /^(\$|header:|usage:|\/.*\/[a-z]*$|status$|text$)/s,
      'expected a JSONPath ($.a.b), header:name, usage:output, /regex/, status or text',
    )
    .describe('Short form'),
  lateObject(() => ({
    json: z.string().optional().describe('JSONPath (RFC 9535) into the reply body'),
    header: z.string().optional().describe('Name of a reply header'),
    regex: z.string().optional().describe('Regular expression over the reply text; group 1, else the whole match'),
    default: z.json().optional().describe('Value when nothing is found; without it the attempt fails'),
  }))
    .refine(
      (c) => [c.json, c.header, c.regex].filter((s) => s !== undefined).length === 1,
      'expected exactly one of json, header, regex',
    )
    .describe('Long form'),
])

const captureSchema = z.record(z.string().regex(/^[A-Za-z_]\w*$/, 'expected a variable name: letters, digits, _'), captureSource)

const exchangeKeys = () => ({
  name: identifier()
    .optional()
    .describe('Name of the step in tables and thresholds ({step=…}); left out: step-1, step-2, …, in setup setup-1, …'),
  expect: expectSchema.optional(),
  capture: captureSchema.optional().describe('Values to keep from the reply, by variable name'),
  timeouts: timeoutsSchema.optional(),
  target: identifier().optional().describe('Which of `targets` it goes to; left out: that of the flow, else the first'),
  onError: onErrorSchema.optional(),
  tags: tagsSchema.optional(),
  payload: payloadSchema.optional(),
  prompt: promptSchema.optional(),
})

const requestForms = z.union(
  Object.values(connectors).map((connector) => connector.request) as unknown as [z.ZodObject, z.ZodObject],
)

const message = lateObject(() => ({
  message: z
    .union([templated(), messageParts])
    .describe('What the user says: a text, or a list of parts (texts, images, sounds, files)'),
  ...toolKeys(),
  ...exchangeKeys(),
}))
  .superRefine((step, context) => {
    const problem = toolProblem(step)
    if (problem) context.addIssue({ code: 'custom', path: [problem.key], message: problem.message })
  })
  .describe('One chat turn')
const request = lateObject(() => ({ request: requestForms.describe('Method, path, body … of the protocol'), ...exchangeKeys() }))
  .refine((step) => !('disconnect' in step.request) || (step.expect === undefined && step.capture === undefined), {
    path: ['request'],
    message: 'a disconnect has no reply: expect and capture belong to another step',
  })
  .describe('One raw exchange of the protocol')
const delay = lateObject(() => ({ delay: delaySchema.describe('How long to think') })).describe('Think time')
const set = lateObject(() => ({
  set: z.record(z.string(), z.json()).describe('Variables and their values; strings may hold templates'),
})).describe('Set variables')

/** The keys, apart from `message` and `request`, of a step that sends something, after validation. Those about tools exist in message steps only. */
export type ExchangeBlock = Omit<z.output<typeof message>, 'message'>
/** The value of one variable in a `capture` block, after validation: where in a reply the variable gets its value. */
export type CaptureBlock = z.output<typeof captureSource>

/** One step of a scenario, after validation. The type is written by hand, because zod cannot infer a type that contains itself. */
export type Step =
  | z.output<typeof message>
  | z.output<typeof request>
  | z.output<typeof delay>
  | z.output<typeof set>
  | {
      loop: {
        times?: LengthSpec | string | undefined
        while?: string | undefined
        for?: number | undefined
        max: number
        steps: Step[]
      }
    }
  | { if: string; then: Step[]; else?: Step[] | undefined }

const loop = lateObject(() => ({
  loop: z
    .strictObject({
      times: z
        .union([whole(0, 1_000_000), lengthSchema, templated()])
        .optional()
        .describe('How many times: a number, a distribution to draw it from for each iteration, or a template'),
      while: z.string().optional().describe('Go on while this expression (CEL) is true'),
      for: positiveDuration().optional().describe('Go on for this long'),
      max: whole(1, 1_000_000).default(10_000).describe('Largest number of rounds, whatever the other keys say'),
      get steps(): z.ZodType<Step[]> {
        return stepsSchema
      },
    })
    .refine((l) => l.times !== undefined || l.while !== undefined || l.for !== undefined, 'a loop needs times, while or for')
    .describe('Rounds; `{{loop.index}}` counts from 0, `{{loop.count}}` from 1'),
})).describe('Repeat steps')

const branch = lateObject(() => ({
  if: z.string().min(1).describe('Condition (CEL), such as reply.text.contains("refund")'),
  get then(): z.ZodType<Step[]> {
    return stepsSchema
  },
  get else(): z.ZodOptional<z.ZodType<Step[]>> {
    return stepsSchema.optional()
  },
})).describe('Run one list of steps or another')

/** The schema of a list of steps in a scenario. */
export const stepsSchema: z.ZodType<Step[]> = z
  .array(z.union([message, request, delay, loop, branch, set]))
  .min(1, 'expected at least one step')
  .max(1000)
  .describe('What a user does, from top to bottom')
