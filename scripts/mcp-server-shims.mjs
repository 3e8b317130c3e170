// What the bundle puts in the place of the MCP server SDK's own part for Node, which takes Ajv for one use: checking what a user
// answered to an elicitation. Ajv alone is 7 % of the time to tools/list; the SDK's validator for other runtimes is a seventh of it.
export { default as process } from 'node:process';
export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker';
