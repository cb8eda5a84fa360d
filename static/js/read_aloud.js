/* Reads the questions aloud, with a Dutch voice of the browser. The button stays hidden where there is none; nothing leaves this machine. */

const button = document.querySelector("[data-reads-aloud]");
const startText = button?.textContent;

/** A Dutch voice that speaks on this machine: a voice of a service elsewhere would send the words away. */
function dutchVoice() {
  return window.speechSynthesis.getVoices().find((voice) => voice.lang.toLowerCase().startsWith("nl") && voice.localService);
}

function showButton() {
  button.hidden = !dutchVoice();
}

function stop() {
  window.speechSynthesis.cancel();
  button.textContent = startText;
}

/** One utterance for each text, in the order of the page: browsers cut off what is too long. */
function start() {
  const texts = [...document.querySelectorAll("[data-read]")].map((element) => element.innerText.replace(/\s+/g, " ").trim()).filter(Boolean);
  const spoken = texts.map((text) => {
    const words = new SpeechSynthesisUtterance(text);
    words.voice = dutchVoice();
    words.lang = words.voice.lang;
    return words;
  });
  if (!spoken.length) return;
  spoken.at(-1).addEventListener("end", stop);
  for (const words of spoken) window.speechSynthesis.speak(words);
  button.textContent = button.dataset.stopText;
}

if (button && "speechSynthesis" in window) {
  showButton();
  window.speechSynthesis.addEventListener?.("voiceschanged", showButton);
  button.addEventListener("click", () => (button.textContent === startText ? start() : stop()));
  window.addEventListener("pagehide", stop);
}
