(function () {
  'use strict';
  var page = document.querySelector('.etl-page');
  if (!page) {
    return;
  }

  // Hangfire's own button of an action that was refused would hang; the page of the job says why.
  window.jQuery(document).ajaxError(function (event, request, settings) {
    if (request.status === 422 && settings.url.indexOf('/jobs/actions/') >= 0) {
      window.location.reload();
    }
  });

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

  // What people have ticked or opened stays so when a part is put in again.
  function keepState(shown, fresh) {
    shown.querySelectorAll('.etl-check:checked').forEach(function (box) {
      var again = fresh.querySelector('.etl-check[value="' + box.value + '"]');
      if (again) {
        again.checked = true;
      }
    });
    var details = shown.querySelectorAll('details');
    fresh.querySelectorAll('details').forEach(function (again, i) {
      if (details.length && i >= 0 && details[i]) {
        again.open = details[i].open;
      }
    });
  }

  function replace(shown, fresh) {
    if (!shown.contains(document.activeElement) || document.activeElement.type === 'checkbox') {
      keepState(shown, fresh);
      shown.replaceWith(fresh);
    }
  }

  function put(html) {
    var fresh = new DOMParser().parseFromString(html, 'text/html');
    var named = fresh.querySelectorAll('.etl-live[data-part]');
    if (named.length) {
      named.forEach(function (part) {
        var shown = document.querySelector('.etl-live[data-part="' + part.dataset.part + '"]');
        if (shown) {
          replace(shown, part);
        }
      });
    } else {
      var parts = fresh.querySelectorAll('.etl-live');
      var shown = document.querySelectorAll('.etl-live');
      if (parts.length === shown.length) {
        shown.forEach(function (part, i) {
          if (part.innerHTML !== parts[i].innerHTML) {
            replace(part, parts[i]);
          }
        });
      }
    }
    refreshTimes();
    showSelection();
  }

  // Only what changed is fetched, from the same address; a tab that no one sees asks nothing.
  var whole = '';
  var delay = Number(page.dataset.refresh) || 2000;

  function refreshLive() {
    if (document.hidden || document.querySelectorAll('.etl-live').length === 0) {
      return window.setTimeout(refreshLive, delay);
    }
    var have = [].map.call(document.querySelectorAll('.etl-live[data-part]'), function (part) {
      return part.dataset.part + '.' + part.dataset.mark;
    });
    var address = new URL(window.location.href);
    address.searchParams.set('live', '1');
    address.searchParams.set('have', have.length ? have.join(',') : '.' + whole);
    window.fetch(address, { credentials: 'same-origin', cache: 'no-store' }).then(function (answer) {
      if (answer.status === 401 || answer.status === 403) {
        return null;
      }
      delay = Number(answer.headers.get('Etl-Refresh')) || delay;
      whole = (answer.headers.get('ETag') || whole).replace(/"/g, '');
      return answer.status === 200 ? answer.text().then(put).then(function () { return true; }) : true;
    }).catch(function () {
      // The server is away: what is shown stays, and the next look may find it back.
      return true;
    }).then(function (goOn) {
      if (goOn) {
        window.setTimeout(refreshLive, delay);
      }
    });
  }

  document.addEventListener('visibilitychange', function () {
    if (!document.hidden) {
      refreshTimes();
    }
  });

  function failed(request) {
    return request.responseText || ('The server answered ' + request.status + '.');
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
        window.alert(failed(request));
      });
  });

  document.addEventListener('click', function (event) {
    var button = event.target.closest ? event.target.closest('.etl-copy') : null;
    var source = button && document.getElementById(button.dataset.copy);
    if (!source) {
      return;
    }
    navigator.clipboard.writeText(source.textContent).then(function () {
      button.textContent = 'Copied';
    }, function () {
      window.getSelection().selectAllChildren(source);
    });
  });

  function showSelection() {
    var some = document.querySelectorAll('.etl-check:checked').length > 0;
    document.querySelectorAll('.etl-selection .etl-bulk button').forEach(function (button) {
      button.disabled = !some;
    });
  }

  document.addEventListener('change', function (event) {
    if (event.target.classList.contains('etl-check-all')) {
      document.querySelectorAll('.etl-check').forEach(function (box) {
        box.checked = event.target.checked;
      });
    }
    showSelection();
  });

  // Many loads are done in parts: one request after the other, each given the place where the last one ended.
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (!form.classList.contains('etl-bulk-run')) {
      return;
    }
    event.preventDefault();
    var data = form.dataset;
    var button = form.querySelector('button');
    var result = document.querySelector('.etl-bulk-result');
    var bar = result.querySelector('progress');
    var text = result.querySelector('span');
    var list = result.querySelector('ul');
    var done = 0;
    var refused = 0;
    button.disabled = true;
    result.hidden = false;

    function tell(ended) {
      bar.value = done + refused;
      text.textContent = (ended ? 'Done: ' : 'So far: ') + done + (refused ? ', refused: ' + refused : '') + ' of ' + data.total;
    }

    function part(after) {
      window.jQuery.post(data.url, {
        kind: data.kind, filter: data.filter, chosen: data.chosen, upTo: data.upTo, once: data.once, after: after,
        reason: form.elements.reason.value
      }).done(function (answer) {
        done += answer.done;
        refused += answer.refused.length;
        answer.refused.slice(0, Math.max(0, 100 - list.children.length)).forEach(function (refusal) {
          var item = document.createElement('li');
          item.textContent = refusal.reason;
          list.appendChild(item);
        });
        tell(answer.next === null);
        if (answer.next !== null) {
          part(answer.next);
        }
      }).fail(function (request) {
        text.textContent += ' ' + failed(request);
        button.disabled = request.status === 409;
      });
    }

    tell(false);
    part(0);
  });

  if (document.querySelector('.etl-page')) {
    // Hangfire writes the server's culture there, which is none.
    document.documentElement.lang = 'en';
  }
  refreshTimes();
  showSelection();
  if (document.querySelector('.etl-live')) {
    window.setTimeout(refreshLive, delay);
  }
})();
