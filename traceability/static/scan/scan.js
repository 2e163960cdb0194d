/* The camera on a page with a field for a code: an extra beside typing, and beside the phone's own camera app.

   What is read never leads to another site: of an address only the code is taken. Where a page may not open the
   camera (no https), the phone's camera takes a picture instead, and that is read on the device. */

const CARD = /\/f\/([0-9A-Z]{8})(?![0-9A-Z])/i;
const LOT = /\/b\/([0-9A-Z]{8})(?![0-9A-Z])/i;

for (const button of document.querySelectorAll("button[data-scan]")) {
  button.hidden = false;
  button.addEventListener("click", () => open(button));
}

async function open(button) {
  const { default: Scanner } = await import(button.dataset.scan);
  Scanner.createQrEngine = () => engine(button.dataset.worker);
  if (navigator.mediaDevices?.getUserMedia) {
    await film(button, Scanner);
  } else {
    photograph(button, Scanner);
  }
}

async function engine(worker) {
  const known = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
  return known.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : new Worker(worker);
}

async function film(button, Scanner) {
  const view = document.createElement("video");
  view.className = "scan-view";
  button.form.prepend(view);
  button.hidden = true;
  const scanner = new Scanner(view, (read) => {
    scanner.destroy();
    view.remove();
    button.hidden = false;
    lead(button, read.data);
  }, { preferredCamera: "environment", maxScansPerSecond: 8, returnDetailedScanResult: true });
  try {
    await scanner.start();
    view.scrollIntoView({ block: "nearest" });
  } catch {
    scanner.destroy();
    view.remove();
    button.hidden = false;
    say(button, button.dataset.noCamera);
  }
}

function photograph(button, Scanner) {
  const picture = document.createElement("input");
  picture.type = "file";
  picture.accept = "image/*";
  picture.capture = "environment";
  picture.addEventListener("change", async () => {
    try {
      const read = await Scanner.scanImage(await createImageBitmap(picture.files[0]), { returnDetailedScanResult: true });
      lead(button, read.data);
    } catch {
      say(button, button.dataset.nothing);
    }
  });
  picture.click();
}

/* A farmer's card opens the farmer; anything else is looked up in the form that the button stands in. */
function lead(button, text) {
  // a page that works without a signal leads on by itself
  if (!button.dispatchEvent(new CustomEvent("scanned", { detail: text, cancelable: true }))) return;
  const card = CARD.exec(text);
  if (card) {
    location.assign(`/f/${card[1].toUpperCase()}`);
    return;
  }
  const field = button.form.querySelector("input[type=search], input.code");
  field.value = LOT.exec(text)?.[1].toUpperCase() ?? text;
  button.form.requestSubmit();
}

function say(button, words) {
  const told = button.form.querySelector(".scan-told") ?? document.createElement("p");
  told.className = "scan-told";
  told.setAttribute("role", "status");
  told.textContent = words;
  button.form.append(told);
}
