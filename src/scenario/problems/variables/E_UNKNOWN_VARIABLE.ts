import { presetNamed } from '../../../dialects/presets.ts'
import { templateHelpers } from '../../../language/helpers/helpers.ts'
import { nearest } from '../../../language/suggest.ts'
import { compileTemplate } from '../../../language/template/template.ts'
import type { Use } from '../../compile/texts.ts'
import { BUILT_IN, IN_LOOP, IN_TRACE, OLD_NAMES } from '../../lint/built-in.ts'
import { ownVariables, readsIn, reportRead } from '../../lint/reads.ts'
import { type LintSubject, type ReportProblem, rule } from '../../lint/subject.ts'
import { type TargetUse, targetUses } from '../../lint/targets.ts'
import { textsIn } from '../../schema/written-steps.ts'

const HELPERS = templateHelpers.map((helper) => helper.name)
const MAX_LISTED = 20

/** Returns a hint with the names of known variables, of which at most `MAX_LISTED` are listed. */
function listOf(names: ReadonlySet<string>): string {
  const listed = [...names].slice(0, MAX_LISTED).join(', ')
  return `set it in vars, capture or set; known: ${listed}${names.size > MAX_LISTED ? ', …' : ''}`
}

function hintFor({ name, inTemplate }: Use, names: ReadonlySet<string>): string {
  if (Object.hasOwn(IN_LOOP, name)) return `${name} exists inside of a loop only`
  if (Object.hasOwn(IN_TRACE, name)) return `${name} exists in a load that plays a trace: load: [{ trace: FILE }]`
  const today = Object.hasOwn(OLD_NAMES, name) ? OLD_NAMES[name] : undefined
  const isHelper = today !== undefined && HELPERS.includes(today)
  if (today !== undefined && (inTemplate || !isHelper)) return inTemplate ? `write {{${today}}}` : `write ${today}`
  const helper = inTemplate ? templateHelpers.find((one) => one.name === name) : undefined
  if (helper !== undefined) return `${name} is a helper: write {{${name} ${helper.args}}}`
  const near = nearest(name, [...names, ...(inTemplate ? HELPERS : [])])
  return near === undefined ? listOf(names) : `did you mean ${near}?`
}

/** Returns the names of variables in the texts of a target's preset, without those texts that the target replaces. */
function presetVariables({ block, target }: TargetUse): string[] {
  if (block.preset === undefined) return []
  const preset = presetNamed(block.preset)
  const ownUrl = block.url !== undefined && !block.url.startsWith('mock:') && target.url.source === block.url
  const parts = { url: ownUrl ? undefined : target.url.source, headers: preset?.headers, body: preset?.body }
  return textsIn(parts, []).flatMap(({ text }) => compileTemplate(text).variables)
}

function reportPresets(subject: LintSubject, report: ReportProblem): void {
  for (const use of targetUses(subject)) {
    const { preset } = use.block
    for (const name of presetVariables(use)) {
      if (ownVariables(subject).has(name) || Object.hasOwn(BUILT_IN, name) || subject.doubts.mayBeNamed(name)) continue
      const message = `preset ${preset} needs the variable ${name}: its address is ${use.target.url.source}`
      const hint = `write vars: { ${name}: … } at the top of the file, or a url of your own`
      report([...use.base, 'preset'], 'value', message, hint)
    }
  }
}

/** The lint rule (of `burn validate`) that reports a template or condition that reads a variable which nothing in the scenario sets. */
export const E_UNKNOWN_VARIABLE = rule('E_UNKNOWN_VARIABLE', (subject, report) => {
  reportPresets(subject, report)
  for (const { use, isKnown, all } of readsIn(subject)) {
    if (isKnown || all.has(use.name) || subject.doubts.mayBeNamed(use.name)) continue
    reportRead(report, use, use.name.length, `there is no variable ${use.name}`, hintFor(use, all))
  }
})
