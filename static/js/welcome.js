// Suggest the browser's time zone and country. Nothing is sent until the member saves the form.
const form = document.querySelector("[data-guess-place]");

function suggest(name, empty, value) {
  const field = form?.elements[name];
  const offered = field && [...field.options].some((option) => option.value === value);
  if (offered && field.value === empty) field.value = value;
}

suggest("time_zone", "UTC", Intl.DateTimeFormat().resolvedOptions().timeZone);
suggest("country", "", new Intl.Locale(navigator.language).region ?? "");
