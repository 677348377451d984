/** Where the configuration file is looked for. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findConfig } from '../../../src/cli/config/find.ts'
import { Home } from '../harness.ts'

const CONFIG = 'burn.config.yaml'

test('it is found upward to the root of the repository or the home folder, and not above', () => {
  const home = new Home()
  const folder = (name: string) => {
    mkdirSync(home.file(name), { recursive: true })
    return home.file(name)
  }
  const outside = folder('outside/deep')
  const inside = folder('repository/a/b')
  folder('repository/.git')
  home.write(CONFIG, '')
  expect(findConfig(outside)).toBeUndefined()
  expect(findConfig(inside)).toBeUndefined()
  home.write('outside/deep/burn.config.json', '{}')
  expect(findConfig(outside)).toBe('burn.config.json')
  home.write(`repository/${CONFIG}`, '')
  expect(findConfig(inside)).toBe(join('..', '..', CONFIG))
  home.write('repository/a/burn.config.yml', '')
  expect(findConfig(inside)).toBe(join('..', 'burn.config.yml'))
  expect(homedir()).not.toBe(home.path)
})
