// A Kinesis server on loopback: node host.js PORT FOLDER. Its data lie in the folder, and are there again after a kill.
const server = require('kinesalite')({
  path: process.argv[3], createStreamMs: 50, deleteStreamMs: 50, updateStreamMs: 50, shardLimit: 50
})
server.listen(Number(process.argv[2]), '127.0.0.1', error => {
  if (error) throw error
  console.log('ready')
})
