// The example shop, reporting when it is up.
const { connect } = require('node:net')
const { report } = require('../../test/fixtures/report')
require('../../examples/shop/app')

const probe = setInterval(() => {
  const socket = connect(process.env.PORT, '127.0.0.1', () => {
    socket.destroy()
    clearInterval(probe)
    report('listening')
  }).on('error', () => {})
}, 100)
