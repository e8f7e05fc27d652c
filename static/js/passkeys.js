// Connect buttons with data-passkey="loginForm|addForm|signupForm|authenticateForm" to allauth's passkey code.
// The other data- attributes are element ids for allauth. Without JavaScript, the buttons stay hidden.
const error = document.querySelector("[data-passkey-error]");

document.querySelectorAll("[data-passkey]").forEach((button) => {
  const { passkey, ...ids } = button.dataset;
  if (!window.PublicKeyCredential || !window.allauth?.webauthn) return;
  window.allauth.webauthn.forms[passkey]({ ids });
  button.hidden = false;
  button.form?.querySelectorAll("[data-with-passkey]").forEach((part) => (part.hidden = false));
});

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  if (!error) return;
  error.textContent = "That didn’t work, or you canceled it. Try again, or choose another way.";
  error.hidden = false;
});
