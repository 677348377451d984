/** Part of a result about how the steps of the scenario follow each other. */
import * as z from 'zod'
import { number, text } from './fields.ts'

/** The schema of one line of a scenario's outline: a step, or a block such as a loop with the steps below it. */
export const outlineLineSchema = z
  .object({
    depth: number('How deep it stands, from 0; deeper lines that follow belong to it'),
    kind: z
      .enum(['setup', 'flow', 'teardown', 'message', 'request', 'disconnect', 'delay', 'set', 'loop', 'if', 'else'])
      .describe('What it is; an `else` belongs to the `if` before it of the same depth'),
    text: text('Name of a step or flow, bounds of a loop, or a condition; empty where there is nothing to say'),
    weight: number('Of a flow: its share of all iterations, 0 to 1; left out otherwise').exactOptional(),
  })
  .meta({ id: 'outlineLine', description: 'One line of the outline of a scenario' })
