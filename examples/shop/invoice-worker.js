const { parentPort } = require('node:worker_threads')
const { deflateSync } = require('node:zlib')
const { products } = require('./products')

function page(order) {
  let text = `Invoice ${order}\n`
  for (const { sku, title, price } of products.slice(0, 200)) {
    text += `${sku}  ${title.padEnd(32, '.')}${String(price.cents).padStart(10)}\n`
  }
  return text
}

parentPort.on('message', ({ id, order }) => {
  parentPort.postMessage({ id, bytes: deflateSync(page(order), { level: 9 }).length })
})
