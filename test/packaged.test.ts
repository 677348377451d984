import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { packagedFile, packagedText } from '../src/packaged.ts'

test('files are found from the folder of the package', () => {
  expect(JSON.parse(packagedText('package.json'))).toMatchObject({ bin: { burn: 'bin/burn.js' } })
  expect(existsSync(fileURLToPath(packagedFile('protos/chat.proto')))).toBe(true)
})
