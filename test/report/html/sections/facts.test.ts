/** The command to repeat a run. */
import { describe, expect, test } from 'vitest'
import { html } from '../../../../src/report/html/html.ts'
import { markup } from '../../../../src/report/html/page/markup.ts'
import { PLAIN } from '../../every-report.ts'
import { fine } from '../../results.ts'

describe('the command to repeat a run', () => {
  test.each([
    ['chat.yaml', '42', 'burn run chat.yaml --seed 42'],
    ["it's here.yaml", 'a b', "burn run 'it'\\''s here.yaml' --seed 'a b'"],
  ])('%s', (scenarioFile, seed, command) => {
    const page = html.render({ ...fine, scenarioFile, seed }, PLAIN)
    expect(page).toContain(`<code class="break">${markup`${command}`.html}</code>`)
  })

  test.each([null, 'a\x1b.yaml', 'a\u202e.yaml'])('none for %j', (scenarioFile) => {
    expect(html.render({ ...fine, scenarioFile }, PLAIN)).not.toContain('burn run')
  })
})
