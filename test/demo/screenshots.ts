// Makes the pictures of README.md's walk: node --import tsx test/demo/screenshots.ts <the explorer's address that npm run demo prints>
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { executable, settled } from '../explorer/browser'
import { take, walks } from './walks'

const maxBytes = 100_000
const url = process.argv[2]
if (url === undefined) throw new Error('expected: screenshots.ts <address of the explorer>')

async function main(url: string): Promise<void> {
  const browser = await chromium.launch({ executablePath: executable(), args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1_100, height: 580 }, colorScheme: 'light' })
    for (const walk of walks) {
      await take(walk, page, url, async (clicks) => {
        const name = walk.pictures[clicks]
        if (name === undefined) return
        await settled(page)
        await page.mouse.move(0, 0)
        const path = join(__dirname, `../../docs/images/${name}.png`)
        await page.screenshot({ path })
        const { size } = statSync(path)
        console.log(`${path} ${size} bytes`)
        if (size > maxBytes) throw new Error(`${path} is larger than ${maxBytes} bytes`)
      })
    }
  } finally {
    await browser.close()
  }
}

void main(url)
