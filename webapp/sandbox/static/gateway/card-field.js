// One card field inside its frame. The typed text leaves it only encrypted, and the page around cannot read it.
// The messages are those of Xendit's own field pages; gateway/card_fields.py decrypts the text.

const query = new URLSearchParams(location.search);
const kind = query.get("input_type");
const embedder = query.get("embedder");
const sessionId = query.get("session_id") ?? "";
const field = document.getElementById("field");

const KINDS = {
  credit_card_number: { label: "Card number", hint: "1234 1234 1234 1234", auto: "cc-number", error: "card_number" },
  credit_card_expiry: { label: "Expiry date, month and year", hint: "MM/YY", auto: "cc-exp", error: "card_expiry" },
  credit_card_cvn: { label: "Security code", hint: "CVV", auto: "cc-csc", error: "card_cvn" },
};

// The numbers for the SDK's "Simulate scenario". The keys are parts of its scenario names; the first match counts.
const SCENARIOS = [
  ["failing_transaction_visa", "4000000000002503"],
  ["failing_transaction_mastercard", "5200000000002151"],
  ["challenge_use_a_4_digit", "340000000002534"],
  ["4_digit_cvn2", "340000000002708"],
  ["4_digit_cvn", "378282246310005"],
  ["challenge_authentication_is_successful_if_otp_is_correct_visa", "4000000000001091"],
  ["challenge_authentication_is_successful_if_otp_is_correct_mastercard", "5200000000001096"],
  ["mastercard2", "5123456789012346"],
  ["visa2", "4440000042200014"],
  ["mastercard", "5200000000001005"],
  ["visa", "4000000000001000"],
];

const digits = (text) => text.replace(/\D/g, "");

function brandOf(number) {
  if (/^3[47]/.test(number)) return "AMEX";
  if (/^4/.test(number)) return "VISA";
  if (/^(5[1-5]|2[2-7])/.test(number)) return "MASTERCARD";
  return /^35|^3337/.test(number) ? "JCB" : null;
}

function hasCheckDigit(number) {
  let sum = 0;
  [...number].reverse().forEach((sign, place) => {
    const doubled = Number(sign) * (place % 2 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  });
  return number.length >= 12 && sum % 10 === 0;
}

// For each kind of field: the text on screen, the parts to encrypt, and whether they are valid.
const RULES = {
  credit_card_number(text) {
    const number = digits(text).slice(0, 19);
    const groups = brandOf(number) === "AMEX" ? /^(\d{1,4})(\d{1,6})?(\d{1,9})?$/ : /(\d{1,4})/g;
    const shown = brandOf(number) === "AMEX"
      ? (number.match(groups) ?? []).slice(1).filter(Boolean).join(" ")
      : (number.match(groups) ?? []).join(" ");
    return { shown, parts: [number], valid: hasCheckDigit(number) };
  },
  credit_card_expiry(text) {
    let number = digits(text).slice(0, 4);
    if (/^[2-9]/.test(number)) number = `0${number}`.slice(0, 4);
    const [month, year] = [number.slice(0, 2), number.slice(2)];
    // A card is good to the end of its month.
    const ends = new Date(2000 + Number(year), Number(month), 1);
    const valid = number.length === 4 && Number(month) >= 1 && Number(month) <= 12 && ends > new Date();
    return { shown: year ? `${month}/${year}` : month, parts: [month, year && `20${year}`], valid };
  },
  credit_card_cvn(text) {
    const number = digits(text).slice(0, 4);
    return { shown: number, parts: [number], valid: number.length >= 3 };
  },
};

const bytes = (text) => new TextEncoder().encode(text);
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const fromBase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

// A key from this frame's own key pair and the session's public key: only the gateway can decrypt with it.
async function makeEncryption() {
  // On http, browsers have WebCrypto only for localhost. Elsewhere the field sends "insecure" and only encodes.
  if (!crypto.subtle) return { publicKey: "insecure", encrypt: async (text) => ({ iv: "none", value: base64(bytes(text)) }) };
  const curve = { name: "ECDH", namedCurve: "P-384" };
  const mine = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const theirs = await crypto.subtle.importKey("spki", fromBase64(query.get("pk") ?? ""), curve, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine.privateKey, 384);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytes(sessionId) };
  const key = await crypto.subtle.deriveKey(hkdf, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const additionalData = await crypto.subtle.digest("SHA-256", bytes(sessionId));
  return {
    publicKey: base64(await crypto.subtle.exportKey("spki", mine.publicKey)),
    async encrypt(text) {
      const iv = crypto.getRandomValues(new Uint8Array(48));
      return { iv: base64(iv), value: base64(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, bytes(text))) };
    },
  };
}

const tell = (type, more = {}) => parent.postMessage({ type: `xendit-iframe-${type}`, ...more }, embedder);

// Apply the shop's appearance by script, because the policy allows no style attribute.
function dress({ inputStyles = {}, placeholderStyles = {}, fontFace } = {}) {
  Object.assign(field.style, inputStyles);
  if (placeholderStyles.color) document.documentElement.style.setProperty("--placeholder", placeholderStyles.color);
  if (!fontFace) return;
  const font = new FontFace(inputStyles.fontFamily, fontFace.source, fontFace.descriptors);
  font.load().then(() => document.fonts.add(font)).catch(() => {}); // without a network the usual font is there
}

async function start() {
  const { label, hint, auto, error } = KINDS[kind];
  Object.assign(field, { placeholder: hint, autocomplete: auto, type: kind === "credit_card_cvn" ? "password" : "text" });
  field.setAttribute("aria-label", label);
  dress(JSON.parse(query.get("appearance") ?? "{}"));
  const { publicKey, encrypt } = await makeEncryption();
  let turn = 0;

  async function changed() {
    const { shown, parts, valid } = RULES[kind](field.value);
    const atEnd = field.selectionStart === field.value.length;
    if (shown !== field.value) {
      field.value = shown;
      if (!atEnd) field.setSelectionRange(shown.length, shown.length);
    }
    const mine = ++turn;
    const encrypted = await Promise.all(parts.map(encrypt));
    if (mine !== turn) return; // a later key stroke was faster
    const validationErrorCodes = valid ? [] : [{ localeKey: `validation.${error}_invalid` }];
    tell("change", { encrypted, empty: !shown, valid, validationErrorCodes, cardBrand: brandOf(parts[0]) });
  }

  field.addEventListener("input", changed);
  field.addEventListener("focus", () => tell("focus"));
  field.addEventListener("blur", () => tell("blur"));
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || origin !== embedder) return;
    if (data?.type === "xendit-iframe-focus") field.focus();
    if (data?.type === "xendit-iframe-populate-for-simulation") {
      const number = SCENARIOS.find(([part]) => data.scenario.includes(part))?.[1] ?? "";
      const code = brandOf(number) === "AMEX" ? "1234" : "123";
      field.value = { credit_card_number: number, credit_card_expiry: "12/39", credit_card_cvn: code }[kind];
      changed();
    }
  });
  tell("ready", { ecdhPublicKey: publicKey });
  field.disabled = false; // only now text can be encrypted
}

start().catch(() => tell("failed-init"));
