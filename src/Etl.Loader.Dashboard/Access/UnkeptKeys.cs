using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Keys of the framework that end with the process: it makes some at its start, whether anything is signed with them or not.</summary>
internal sealed class UnkeptKeys : IXmlRepository
{
    private readonly ConcurrentQueue<XElement> _elements = new();

    public IReadOnlyCollection<XElement> GetAllElements() => [.. _elements];

    public void StoreElement(XElement element, string friendlyName) => _elements.Enqueue(element);
}
