/** What a known API asks for beside its address: the variables in it, and the name of a model. */
import type { Preset } from '../../dialects/parts/dialect.ts'
import { presetNamed, presets } from '../../dialects/presets.ts'
import { compileTemplate } from '../../language/template/template.ts'
import type { PlannedTarget } from '../compile/plan.ts'
import { E_MISSING_KEY } from '../problems/values/E_MISSING_KEY.ts'
import { type Finding, findingAt } from '../read/source/finding.ts'
import type { TargetBlock } from '../schema/target.ts'
import { textsIn } from '../schema/written-steps.ts'
import { BUILT_IN } from './built-in.ts'
import type { Doubts } from './doubts.ts'
import type { TargetUse } from './target-uses.ts'

/** Reply formats of APIs that refuse a message without a model. */
const NEED_MODEL = new Set(['openai-responses', 'anthropic', 'ollama', 'ollama-generate'])
/** Servers of this format that serve one model answer without its name; the API that it comes from does not. */
const MAY_NEED_MODEL = 'openai-chat'
const OPENAI = /^https:\/\/([^/]*\.)?(openai\.com|openai\.azure\.com)\//

/** Names of the texts that come with the preset, but for those that the target replaces. */
function presetVariables(block: TargetBlock, target: PlannedTarget): string[] {
  const preset = presetNamed(block.preset ?? '')
  const ownUrl = block.url !== undefined && !block.url.startsWith('mock:') && target.url.source === block.url
  const parts = { url: ownUrl ? undefined : target.url.source, headers: preset?.headers, body: preset?.body }
  return textsIn(parts, []).flatMap(({ text }) => compileTemplate(text).variables)
}

function variableFindings(block: TargetBlock, target: PlannedTarget, own: ReadonlySet<string>, doubts: Doubts): Finding[] {
  if (block.preset === undefined) return []
  return presetVariables(block, target)
    .filter((name) => !own.has(name) && !Object.hasOwn(BUILT_IN, name) && !doubts.mayBeNamed(name))
    .map((name) => {
      const message = `preset ${block.preset} needs the variable ${name}: its address is ${target.url.source}`
      const hint = `write vars: { ${name}: … } at the top of the file, or a url of your own`
      return findingAt('E_UNKNOWN_VARIABLE', ['preset'], 'value', message, hint)
    })
}

/** A model of the same kind, as an example. */
function exampleModel(dialect: string): string {
  const known: readonly Preset[] = Object.values(presets)
  return known.find((preset) => preset.dialect === dialect && preset.model !== undefined)?.model ?? 'my-model'
}

function missingModel(target: PlannedTarget, severity: 'E' | 'W', why: string): Finding[] {
  const wording = E_MISSING_KEY.noModel(why, exampleModel(target.dialectName ?? ''))
  return [{ ...wording, ...(severity === 'W' && { code: 'W_NO_MODEL' }), path: ['model'], mark: 'parent' }]
}

function modelFindings(target: PlannedTarget, own: ReadonlySet<string>, sendsMessages: boolean): Finding[] {
  const { chat, dialectName, url, mock } = target
  if (chat.model !== undefined || mock !== undefined) return []
  if (!own.has('model') && url.variables.includes('model')) return missingModel(target, 'E', '{{model}} stands in the address')
  if (!sendsMessages || chat.body?.model !== undefined || dialectName === null) return []
  if (NEED_MODEL.has(dialectName))
    return missingModel(target, 'E', `an API of format ${dialectName} answers no message without one`)
  if (dialectName !== MAY_NEED_MODEL) return []
  if (OPENAI.test(url.source)) return missingModel(target, 'E', 'this API answers no message without one')
  return missingModel(target, 'W', 'only servers with a single model answer without its name')
}

/** Returns findings about what the preset of a target still needs: a variable in its texts, or a model. `own` are the variables that the scenario sets. */
export function presetFindings(use: TargetUse, own: ReadonlySet<string>, sendsMessages: boolean, doubts: Doubts): Finding[] {
  const { target, block, base } = use
  const findings = [...variableFindings(block, target, own, doubts), ...modelFindings(target, own, sendsMessages)]
  return findings.map((finding) => ({ ...finding, path: [...base, ...finding.path] }))
}
