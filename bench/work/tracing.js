require('dd-trace-5').init()
