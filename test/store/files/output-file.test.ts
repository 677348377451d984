import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LocalError, UsageError } from '../../../src/errors.ts'
import { checkWritable, openOutputs } from '../../../src/store/files/output-file.ts'
import { temp } from '../attempts.ts'
import { thrownBy } from '../temp.ts'

describe('openOutputs', () => {
  test('tries each path, leaves nothing, writes at the end', async () => {
    const folder = temp()
    writeFileSync(join(folder, 'old.xml'), 'old')
    const paths = [join(folder, 'new.json'), join(folder, 'old.xml')]
    const outputs = openOutputs(paths)
    expect(readdirSync(folder)).toEqual(['old.xml'])
    expect(readFileSync(join(folder, 'old.xml'), 'utf8')).toBe('old')
    for (const path of paths) await outputs.write(path, 'text')
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['text', 'text'])
    expect(readdirSync(folder).sort()).toEqual(['new.json', 'old.xml'])
  })

  test.each([
    ['a missing folder', (folder: string) => join(folder, 'none', 'a.json'), 'mkdir -p'],
    ['a folder', (folder: string) => folder, 'give the path of a file'],
    ['below a file', (folder: string) => join(folder, 'file', 'a.json'), 'not a folder'],
  ])('%s is refused', (_, pathIn, hint) => {
    const folder = temp()
    writeFileSync(join(folder, 'file'), '')
    const error = thrownBy(() => openOutputs([pathIn(folder)]))
    expect(error).toBeInstanceOf(LocalError)
    expect(error).toMatchObject({ hint: expect.stringContaining(hint) })
  })

  test.runIf(existsSync('/proc/self'))('a system folder is refused', () => {
    expect(thrownBy(() => openOutputs(['/proc/self/a.json']))).toBeInstanceOf(LocalError)
  })

  // No file can be made in this folder, and this one can be written.
  test.runIf(existsSync('/proc/self/comm'))('only what is written in place may be in a folder that takes no new file', () => {
    expect(thrownBy(() => openOutputs(['/proc/self/comm']))).toBeInstanceOf(LocalError)
    expect(() => checkWritable('/proc/self/comm', true)).not.toThrow()
  })

  test('one path twice is a mistake', () => {
    const folder = temp()
    mkdirSync(join(folder, 'x'))
    expect(thrownBy(() => openOutputs([join(folder, 'a'), join(folder, 'x', '..', 'a')]))).toBeInstanceOf(UsageError)
  })

  test('/dev/null can be written', async () => {
    const outputs = openOutputs(['/dev/null'])
    await outputs.write('/dev/null', 'text')
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  test('a pipe gets everything, once it has a reader', async () => {
    const path = join(temp(), 'pipe')
    execFileSync('mkfifo', [path])
    const large = 'burn'.repeat(200_000)
    const written = openOutputs([path]).write(path, large)
    const reader = createReadStream(path, 'utf8')
    const pieces: string[] = []
    for await (const piece of reader) pieces.push(String(piece))
    await written
    expect(pieces.join('') === large).toBe(true)
  })

  test('a socket cannot be written', async () => {
    const path = join(temp(), 'socket')
    const server = createServer().listen(path)
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    await expect(openOutputs([path]).write(path, 'text')).rejects.toBeInstanceOf(LocalError)
  })
})
