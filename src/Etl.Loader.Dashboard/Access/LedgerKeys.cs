using System.Xml.Linq;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Etl.Loader.Dashboard.Access;

/// <summary>
/// Keeps the framework's keys in the queue database. While that was not reached yet it says so immediately: the framework asks when the process starts
/// and again with each request, and must hold up neither.
/// </summary>
internal sealed class LedgerKeys(KeyLedger ledger, DatabaseReadiness database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        database.IsReady ? [.. ledger.Read().Select(element => XElement.Parse(element))] : throw new QueueAwayException();

    public void StoreElement(XElement element, string friendlyName) =>
        ledger.Store(friendlyName, element.ToString(SaveOptions.DisableFormatting), element.Name.LocalName == "key");
}
