import { missingModels } from '../../lint/model.ts'
import { rule } from '../../lint/subject.ts'

/** The lint rule (of `burn validate`) that warns of a target that names no model, although some servers with its API require one. */
export const W_NO_MODEL = rule('W_NO_MODEL', (subject, report) => {
  for (const { path, wording, isOptional } of missingModels(subject))
    if (isOptional) report(path, 'parent', wording.message, wording.hint)
})
