(function () {
  'use strict';
  var interval = 2000;

  function ago(time) {
    var at = window.moment ? window.moment(time.getAttribute('datetime')) : null;
    if (at && at.isValid()) {
      time.title = at.format('YYYY-MM-DD HH:mm:ss Z');
      time.textContent = at.fromNow();
    }
  }

  function refreshTimes() {
    document.querySelectorAll('.etl-page time').forEach(ago);
  }

  // The parts marked live are fetched again from the same address; nothing else on the page moves.
  function refreshLive() {
    if (document.hidden || document.querySelectorAll('.etl-live').length === 0) {
      return;
    }
    window.jQuery.get(window.location.href).done(function (html) {
      var fresh = new DOMParser().parseFromString(html, 'text/html').querySelectorAll('.etl-live');
      var shown = document.querySelectorAll('.etl-live');
      if (fresh.length === shown.length) {
        shown.forEach(function (part, i) {
          if (part.innerHTML !== fresh[i].innerHTML && !part.contains(document.activeElement)) {
            part.innerHTML = fresh[i].innerHTML;
          }
        });
        refreshTimes();
      }
    });
  }

  document.addEventListener('click', function (event) {
    var button = event.target.closest ? event.target.closest('.etl-action') : null;
    if (!button || !window.confirm(button.dataset.question)) {
      return;
    }
    button.disabled = true;
    window.jQuery.post(button.dataset.url, { id: button.dataset.id })
      .done(function (answer) {
        if (answer && answer.id && answer.id !== button.dataset.id) {
          window.location.href = window.location.href.replace(button.dataset.id, answer.id);
        } else {
          window.location.reload();
        }
      })
      .fail(function (request) {
        button.disabled = false;
        window.alert(request.responseText || ('The server answered ' + request.status + '.'));
      });
  });

  if (document.querySelector('.etl-page')) {
    // Hangfire writes the server's culture there, which is none.
    document.documentElement.lang = 'en';
    refreshTimes();
    window.setInterval(refreshLive, interval);
  }
})();
