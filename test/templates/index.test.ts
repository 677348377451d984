/** The files of the folder `templates`: what a user reads there is what `burn generate` writes. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { CI_SYSTEMS, ciRecipe, IMAGE_SYSTEMS, SMOKE_FILE } from '../../src/templates/ci.ts'
import { templateNamed, templateNames } from '../../src/templates/index.ts'
import { ownPresets } from '../../src/templates/providers.ts'
import { renderTemplate } from '../../src/templates/render.ts'
import { Home } from '../cli/harness.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'scenarios', 'templates')
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'))

test('there is a file for every template that no preset makes, and no other', () => {
  const written = templateNames.filter((name) => !Object.hasOwn(ownPresets, name))
  expect(files).toEqual(written.map((name) => `${name}.yaml`).sort())
})

test('burn validate accepts all of them as they stand', async () => {
  const { code, stderr } = await new Home().call(['validate', join(FOLDER, '*.yaml')])
  expect([code, stderr]).toEqual([0, `${files.length} files: 0 errors, 2 warnings\n\`burn explain W_HIGH_RATE\` says more\n`])
})

test.each(files)('%s is what burn generate writes when nothing else is asked for', (file) => {
  const template = templateNamed(file.replace('.yaml', ''))
  expect(template && renderTemplate(template, { format: 'yaml' })).toBe(readFileSync(join(FOLDER, file), 'utf8'))
})

test.each(CI_SYSTEMS.filter((system) => system !== 'docker' && !IMAGE_SYSTEMS.includes(system)))(
  'the pipeline for %s is YAML, with a source and without one, which stays as it is written',
  (system) => {
    const source = 'git+https://h.example/r.git#$& "$1"'
    const [plain, placed] = [ciRecipe(system, undefined), ciRecipe(system, source)]
    expect(plain).toBe(readFileSync(join(FOLDER, 'ci', `${system}.yaml`), 'utf8'))
    expect(JSON.stringify(parse(placed))).toContain(JSON.stringify(source).slice(1, -1))
    expect(placed).not.toContain('<source>')
    if (system !== 'pre-commit' && system !== 'github-action')
      for (const text of [plain, placed]) expect(text).toMatch(new RegExp(`burn (?:run |compare next/)${SMOKE_FILE} `))
  },
)
