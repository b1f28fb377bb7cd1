import { findReplica, findReplicas } from './find-replicas.ts';

test('both sides of a capability lie on one server, or the service on another', () => {
  expect(findReplica('catalog', 'postgresql://a:1/postgres', 'shop').urls).toEqual({
    monolith: 'postgresql://a:1/shop_monolith',
    service: 'postgresql://a:1/shop_catalog',
  });
  const [replica] = findReplicas(undefined, 'postgresql://a:1/postgres', 'shop', 'postgresql://b:2/postgres');
  expect(replica?.urls).toEqual({
    monolith: 'postgresql://a:1/shop_monolith',
    service: 'postgresql://b:2/shop_catalog',
  });
});
