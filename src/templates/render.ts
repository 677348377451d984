/** A template becomes the text of a scenario file. */
import { UsageError } from '../errors.ts'
import { type FileFormat, scenarioText } from './emit.ts'
import { type ChosenTarget, chosenTarget, isMock, type TargetChoice } from './target-block.ts'
import type { Data, Template } from './template.ts'

export interface RenderOptions {
  readonly format: FileFormat
  readonly choice?: TargetChoice
  /** In place of the template's own load. */
  readonly load?: readonly Data[]
  /** Name of the file, for the comment that says how to run it. */
  readonly file?: string
}

/** The scenario of a template as plain data. @throws UsageError for a preset that there is none of */
export function templateScenario(template: Template, choice: TargetChoice = {}, load?: readonly Data[]): Data {
  return parts(template, choice, load).scenario
}

function parts(template: Template, choice: TargetChoice, load: readonly Data[] | undefined) {
  const chosen = targetOf(template, choice)
  const { vars, ...body } = template.scenario({ mock: chosen.mock })
  const ownVars = { ...chosen.vars, ...(vars as Data | undefined) } // the templates write records there
  const scenario: Data = {
    name: template.name,
    description: template.summary,
    ...(body.targets === undefined ? { target: chosen.target } : {}),
    ...(Object.keys(ownVars).length > 0 ? { vars: ownVars } : {}),
    ...body,
    ...(load === undefined ? {} : { load }),
  }
  return { scenario, chosen }
}

/** A template with a target of its own keeps it, at another address if the flags name one. @throws UsageError */
function targetOf(template: Template, choice: TargetChoice): ChosenTarget {
  const own = template.target !== undefined && (choice.preset === undefined || choice.preset === template.target.preset)
  if (!own && template.target !== undefined && template.target.preset === undefined)
    throw new UsageError(
      `${template.name} speaks a protocol of its own, so --preset means nothing to it`,
      'change its address with --url',
    )
  const base = own ? ownTarget(template.target ?? {}, choice, template.comments?.target ?? '') : chosenTarget(choice)
  const mock = base.mock && template.mock ? { mock: template.mock } : {}
  return { ...base, target: { ...base.target, ...template.targetKeys, ...mock } }
}

function ownTarget(target: Data, choice: TargetChoice, comment: string): ChosenTarget {
  const preset = typeof target.preset === 'string' ? target.preset : undefined
  const elsewhere = !isMock(choice) && preset !== undefined ? chosenTarget({ ...choice, preset }) : undefined
  const address = choice.url === undefined ? {} : { url: choice.url }
  const model = choice.model === undefined ? {} : { model: choice.model }
  const { url: _mock, ...rest } = target
  return {
    target: elsewhere ? { ...rest, ...elsewhere.target } : { ...target, ...address, ...model },
    comment: elsewhere?.comment ?? comment,
    vars: elsewhere?.vars ?? (preset === undefined ? {} : chosenTarget({ preset, url: 'mock:' }).vars),
    mock: elsewhere === undefined && String(choice.url ?? target.url).startsWith('mock:'),
  }
}

/** The text of the file. @throws UsageError for a preset that there is none of */
export function renderTemplate(template: Template, options: RenderOptions): string {
  const { scenario, chosen } = parts(template, options.choice ?? {}, options.load)
  const run = options.file === undefined ? [] : [`  burn run ${options.file}`]
  return scenarioText(scenario, options.format, {
    inFolder: options.file !== undefined,
    head: [/[.?!]$/.test(template.summary) ? template.summary : `${template.summary}.`, ...(template.about ?? []), ...run],
    keys: { ...template.comments, ...(chosen.comment === '' ? {} : { target: chosen.comment }) },
  })
}
