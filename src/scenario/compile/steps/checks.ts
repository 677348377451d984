/** Compiles the checks of a step: those without templates once, the others again for each reply. */
import { compileTree } from '../../../language/template/template.ts'
import { checkLabel, compileCheck, compileRendered, type ExpectItem } from '../../../metrics/check/check.ts'
import type { Path } from '../../read/source/source.ts'
import { listAt, mapAt } from '../../schema/written-steps.ts'
import type { PlannedCheck } from '../plan.ts'
import type { ScenarioSource } from '../texts.ts'
import { phraseFindings, withPhrases } from './phrase-files.ts'
import { holdsSchema, schemaFindings, withSchema } from './schema-files.ts'

/**
 * Compiles the checks of an `expect` block. `path` is the place of the block in the scenario, and `items` is the block after validation, with one
 * check in each item. A check with an error in a template is left out, and the list is empty when a file that the block names cannot be used; these
 * errors are added to the problems of the scenario.
 */
export function compileChecks(items: readonly ExpectItem[], path: Path, source: ScenarioSource): PlannedCheck[] {
  const { texts, baseDir, written } = source
  texts.look(path)
  const lines = listAt(written, path)
  for (const [index, line] of lines.entries()) {
    const { expression } = mapAt(line, [])
    // The value of a template is known only during a run.
    if (typeof expression === 'string' && !expression.includes('{{')) texts.condition(expression, [...path, index, 'expression'])
  }
  const broken = [...schemaFindings(lines, path, baseDir), ...phraseFindings(lines, path, baseDir)]
  texts.findings.push(...broken)
  if (broken.length > 0) return []
  return items.flatMap((item) => texts.quietly(() => compilePlannedCheck(item, baseDir)) ?? [])
}

function compilePlannedCheck(item: ExpectItem, baseDir: string): PlannedCheck {
  const read = withPhrases(item, baseDir)
  const tree = compileTree(read)
  if (tree.static || holdsSchema(item)) {
    const check = compileCheck(withSchema(read, baseDir), item)
    return { label: check.label, countOnly: check.countOnly, check }
  }
  return {
    label: checkLabel(item),
    countOnly: item.countOnly === true,
    tree,
    compile: (rendered) => compileRendered(rendered, item),
  }
}
