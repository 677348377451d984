import { allTemplates } from '../../../templates/index.ts'
import type { Data } from '../../../templates/template.ts'
import type { Choice } from './terminal.ts'

/** Returns the templates that the wizard offers: those that work with any chat target, except templates that only show a shape of load. */
export function scenarioChoices(): Choice<string>[] {
  return allTemplates()
    .filter(({ ownTarget, category }) => !ownTarget && category !== 'Load shapes')
    .map(({ name, summary, category }) => ({ value: name, label: name, hint: `${category}: ${summary}` }))
}

/** The name of a load that the wizard offers, such as `users` or `ramp`; `template` means the load of the chosen template. */
export type LoadName = 'template' | 'one' | 'users' | 'rate' | 'ramp'

interface LoadChoice {
  readonly name: LoadName
  readonly label: string
  /** A note beside the label of this load in the wizard; when undefined, the number of messages that the template sends is shown. */
  readonly hint?: string
  /** The phases of the load; undefined for the template's own load. */
  readonly load?: readonly Data[]
}

/** The loads, such as ten users for a minute, from which the user chooses in the wizard of `burn generate`. */
export const LOADS: readonly LoadChoice[] = [
  { name: 'template', label: 'as the template has it' },
  { name: 'one', label: 'one conversation', hint: 'to see whether it works', load: [{ iterations: 1, users: 1 }] },
  {
    name: 'users',
    label: 'ten users for a minute',
    hint: 'each starts over when it is done (closed model)',
    load: [{ name: 'steady', users: 10, for: '1m', ramp: '5s' }],
  },
  {
    name: 'rate',
    label: 'two new conversations a second for a minute',
    hint: 'whatever the target does (open model)',
    load: [{ name: 'steady', rate: '2/s', for: '1m', arrivals: 'poisson', maxUsers: 100 }],
  },
  {
    name: 'ramp',
    label: 'from one to fifty users in two minutes',
    hint: 'to see where it bends',
    load: [{ name: 'ramp', users: { from: 1, to: 50 }, for: '2m' }],
  },
]
