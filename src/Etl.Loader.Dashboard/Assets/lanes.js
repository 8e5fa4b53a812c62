(function () {
  'use strict';

  // The dialog is made from a template and put beside the page, whose parts are fetched again all the time: no one loses what they are writing.
  function ask(template, lane) {
    var dialog = template.content.firstElementChild.cloneNode(true);
    var form = dialog.querySelector('form');
    var told = dialog.querySelector('[role=alert]');
    var submit = dialog.querySelector('[type=submit]');
    dialog.querySelector('.etl-pause-lane').textContent = lane;
    dialog.querySelector('.etl-pause-cancel').addEventListener('click', function () { dialog.close(); });
    dialog.addEventListener('close', function () { dialog.remove(); });
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      submit.disabled = true;
      window.jQuery
        .post(form.elements.now.checked ? form.dataset.pauseNow : form.dataset.pause, { id: lane, reason: form.elements.reason.value })
        .done(function () { window.location.reload(); })
        .fail(function (request) {
          submit.disabled = false;
          told.hidden = false;
          told.textContent = request.responseText || ('The server answered ' + request.status + '.');
        });
    });
    document.body.appendChild(dialog);
    dialog.showModal();
    form.elements.reason.focus();
  }

  document.addEventListener('click', function (event) {
    var button = event.target.closest ? event.target.closest('.etl-pause') : null;
    var template = document.querySelector('.etl-pause-template');
    if (button && template) {
      ask(template, button.dataset.lane);
    }
  });
})();
