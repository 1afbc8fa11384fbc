import type { INestApplication } from '@nestjs/common'
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger'
import { problemJson } from '../problems/send-problem.js'

export interface ApiTitle {
  readonly title: string
  readonly description: string
  readonly version: string
}

/** Serves the API's description at `/openapi.json` and a page to read and try it at `/docs`; the page needs no other host. */
export const serveOpenApi = (app: INestApplication, { title, description, version }: ApiTitle): void => {
  const config = new DocumentBuilder().setTitle(title).setDescription(description).setVersion(version).addBearerAuth().build()
  SwaggerModule.setup('docs', app, () => withProblems(SwaggerModule.createDocument(app, config)), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
  })
}

/** Whether a route belongs to that page or is the description itself. */
export const isApiPage = (route: string | undefined): boolean => /^\/(docs(\/.*)?|openapi\.(json|yaml))$/.test(route ?? '')

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>

const text = { type: 'string' }
const problem: Schemas[string] = {
  type: 'object',
  description: 'RFC 9457 problem details. `type` is stable and leads to an explanation.',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { ...text, format: 'uri-reference', example: '/problems/invalid-request' },
    title: text,
    status: { type: 'integer' },
    detail: text,
    instance: { ...text, format: 'uri-reference' },
    errors: { type: 'object', description: 'Field → messages.', additionalProperties: { type: 'array', items: text } },
    vendor: { type: 'object', properties: { errorCode: { type: 'integer' }, errorInfo: text, requestId: text } },
    operationId: text,
  },
}

/** Every operation can fail; how an error looks is said once. */
const withProblems = (document: OpenAPIObject): OpenAPIObject => {
  const response = { description: 'Problem details', content: { [problemJson]: { schema: { $ref: '#/components/schemas/Problem' } } } }
  for (const path of Object.values(document.paths))
    for (const method of ['get', 'put', 'post', 'delete', 'patch'] as const) {
      const responses = path[method]?.responses
      if (responses) responses['default'] ??= response
    }
  return { ...document, components: { ...document.components, schemas: { ...document.components?.schemas, Problem: problem } } }
}
