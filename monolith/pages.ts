// What a person looks at: the start page, the OpenAPI document, and a page to read and try it.
import express, { Router } from 'express';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SWAGGER_UI = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
const START_PAGE = join(import.meta.dirname, 'public');

/** Replaces Swagger UI's own, which shows a pet shop. */
const INITIALIZER = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: true,
  validatorUrl: null,
});
`;

export function pages(openApi: object): Router {
  const router = Router();
  router.get('/openapi.json', (_request, response) => {
    response.locals['route'] = '/openapi.json';
    response.json(openApi);
  });
  router.get('/docs/swagger-initializer.js', (_request, response) => {
    response.type('text/javascript').send(INITIALIZER);
  });
  router.use('/docs', express.static(SWAGGER_UI));
  router.use(express.static(START_PAGE));
  return router;
}
