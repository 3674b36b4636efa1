// Call the sandbox with the official xendit-node. Usage: node with_node.mjs http://localhost:PORT
import assert from "node:assert/strict";
import { Xendit, XenditSdkError } from "xendit-node";

const url = process.argv[2];
const { Invoice, Customer, Refund, Balance } = new Xendit({ secretKey: "xnd_development_node_sdk", xenditURL: url });

async function control(action, id, body = {}) {
  const answer = await fetch(`${url}/_sandbox/${action}/${id}`, { method: "POST", body: JSON.stringify(body) });
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
}

function known(answer) {
  assert.ok(!JSON.stringify(answer).includes("UNKNOWN_ENUM_VALUE"), JSON.stringify(answer));
  return answer;
}

async function create(externalId, currency = "IDR", more = {}) {
  const amount = ["IDR", "VND"].includes(currency) ? 20000 : 100;
  const data = { externalId, amount, currency, description: "Two bags", ...more };
  return known(await Invoice.createInvoice({ data }));
}

// What the SDK has no class for, by its own client: it signs the request and reads errors.
async function call(path, method = "GET", body = undefined) {
  const authorization = "Basic " + Buffer.from("xnd_development_node_sdk:").toString("base64");
  const headers = { authorization, "content-type": "application/json" };
  return (await Invoice.request({ path, method, headers, body })).json();
}

assert.ok((await Balance.getBalance({ accountType: "CASH" })).balance > 0);

// Invoices: every currency, the names of channels, and every filter of the list
const currencies = ["IDR", "PHP", "THB", "VND", "MYR", "USD"];
for (const currency of currencies) {
  const { id } = await create(`all-${currency}`, currency);
  await control("pay", id);
  assert.equal(known(await Invoice.getInvoiceById({ invoiceId: id })).status, "PAID");
}
const limited = await create("limited", "PHP", { paymentMethods: ["QRPH", "DD_BPI", "BILLEASE"] });
assert.deepEqual(limited.availableQrCodes.map((code) => code.qrCodeType), ["QRPH"]);
assert.deepEqual(limited.availableDirectDebits.map((debit) => debit.directDebitType), ["DD_BPI"]);
assert.deepEqual(limited.availablePaylaters.map((paylater) => paylater.paylaterType), ["BILLEASE"]);

const made = {};
for (const name of ["first", "second", "third", "fourth"]) made[name] = await create(name);
await control("pay", made.second.id, { channel: "DANA" });
assert.equal(known(await Invoice.expireInvoice({ invoiceId: made.third.id })).status, "EXPIRED");
const [before, after] = [-3600e3, 3600e3].map((shift) => new Date(Date.now() + shift));
for (const [query, expected] of [
  [{ externalId: "first" }, ["first"]],
  [{ statuses: ["EXPIRED"] }, ["third"]],
  [{ statuses: ["PAID", "EXPIRED"], limit: 2 }, ["third", "second"]],
  [{ limit: 2 }, ["fourth", "third"]],
  [{ paymentChannels: ["DANA"] }, ["second"]],
  [{ clientTypes: ["DASHBOARD"] }, []],
  [{ clientTypes: ["API_GATEWAY", "MOBILE"], limit: 1 }, ["fourth"]],
  [{ createdAfter: after }, []],
  [{ createdAfter: before, createdBefore: after, limit: 1 }, ["fourth"]],
  [{ paidAfter: before, paidBefore: after, limit: 1 }, ["second"]],
  [{ expiredBefore: after }, []],
  [{ expiredAfter: after, limit: 1 }, ["fourth"]],
  [{ onDemandLink: "someone" }, []],
  [{ recurringPaymentId: "another" }, []],
  [{ lastInvoice: made.second.id, limit: 1 }, ["first"]],
]) {
  const names = known(await Invoice.getInvoices(query)).map((invoice) => invoice.externalId);
  assert.deepEqual(names, expected, JSON.stringify(query));
}

const seen = [];
for (;;) {
  const page = known(await Invoice.getInvoices({ limit: 3, ...(seen.length && { lastInvoice: seen.at(-1) }) }));
  seen.push(...page.map((invoice) => invoice.id));
  if (page.length < 3) break;
}
assert.equal(new Set(seen).size, seen.length);
assert.equal(seen.length, currencies.length + 1 + 4);

// Customers
const individualDetail = { givenNames: "Ada", surname: "Lovelace" };
const data = { referenceId: "node-1", type: "INDIVIDUAL", individualDetail, email: "ada@example.com" };
const customer = known(await Customer.createCustomer({ data }));
assert.equal(known(await Customer.getCustomer({ id: customer.id })).individualDetail.givenNames, "Ada");
assert.equal((await Customer.getCustomerByReferenceID({ referenceId: "node-1" })).data[0].id, customer.id);

// A saved payment method, a payment with it, and its refund
const session = await call("/sessions", "POST", {
  reference_id: "node-1",
  session_type: "SAVE",
  mode: "PAYMENT_LINK",
  currency: "IDR",
  country: "ID",
  amount: 0,
  customer_id: customer.id,
});
const paid = await control("pay", session.payment_session_id);
const token = await call(`/v3/payment_tokens/${paid.payment_token_id}`);
assert.equal(token.status, "ACTIVE");
const payment = await call("/v3/payment_requests", "POST", {
  reference_id: "node-2",
  type: "PAY",
  country: "ID",
  currency: "IDR",
  request_amount: 20000,
  payment_token_id: token.payment_token_id,
  channel_properties: { skip_three_ds: true },
});
const paymentRequestId = payment.payment_request_id;
assert.equal((await call(`/v3/payment_requests/${paymentRequestId}`)).status, "SUCCEEDED");

const refund = known(await Refund.createRefund({ data: { paymentRequestId, reason: "REQUESTED_BY_CUSTOMER", amount: 5000 } }));
assert.equal(known(await Refund.getRefund({ refundID: refund.id })).amount, 5000);
const listed = known(await Refund.getAllRefunds({ paymentRequestId }));
assert.deepEqual(listed.data.map((each) => each.id), [refund.id]);

// What is not there, and what is not imitated
for (const [path, status, errorCode] of [
  ["/v2/invoices/nobody", 404, "INVOICE_NOT_FOUND_ERROR"],
  ["/transactions", 501, "NOT_IMITATED"],
]) {
  await assert.rejects(call(path), (error) => error instanceof XenditSdkError && error.status === status && error.errorCode === errorCode);
}
