-- What Quarto does by itself and plain Pandoc does not: callouts, folded code, one reference page for the whole
-- book, and ids that stay apart when all chapters are one document. Runs after citations are resolved.

local html = FORMAT:match("html") ~= nil

local titles = {
  ["callout-note"] = "Merk",
  ["callout-tip"] = "Tips",
  ["callout-warning"] = "Advarsel",
  ["callout-important"] = "Viktig",
  ["callout-caution"] = "Forsiktig",
}

local entries = {} -- text of each reference, for a note where it is cited
local references -- page that holds the reference list, as a link from this page; "" on that page itself

local function callout_kind(div)
  return div.classes:find_if(function(class)
    return class:match("^callout") ~= nil
  end)
end

local function title_of(div, kind)
  local title = div.attributes.title
  if title then
    return pandoc.utils.blocks_to_inlines(pandoc.read(title, "markdown").blocks)
  end
  local first = div.content[1]
  if first and first.t == "Header" then
    div.content:remove(1)
    local link = first.content[1]
    -- the title's id goes with the heading, so it has no address to link to
    return link and link.t == "Link" and link.classes:includes("own-address") and link.content or first.content
  end
  return pandoc.Inlines({ pandoc.Str(titles[kind] or titles["callout-note"]) })
end

local function callout(div, kind)
  local title = title_of(div, kind)
  local blocks = pandoc.List()
  if html then
    local id = div.identifier ~= "" and ' id="' .. div.identifier .. '"' or ""
    blocks:insert(pandoc.RawBlock("html", "<aside" .. id .. ' class="fact-box ' .. kind .. '">'))
    blocks:insert(pandoc.RawBlock("html", '<p class="fact-box-title">'))
    blocks:insert(pandoc.Plain(title))
    blocks:insert(pandoc.RawBlock("html", "</p>"))
    blocks:extend(div.content)
    blocks:insert(pandoc.RawBlock("html", "</aside>"))
  else
    local head = pandoc.Inlines({ pandoc.RawInline("typst", "#fact-box(title: [") })
    head:extend(title)
    head:insert(pandoc.RawInline("typst", "])["))
    blocks:insert(pandoc.Plain(head))
    blocks:extend(div.content)
    blocks:insert(pandoc.RawBlock("typst", "]"))
  end
  return blocks
end

-- Tables that follow each other share their columns' widths; theme/book.css says the same for pages.
local function codebook(div)
  div.content = div.content:walk({
    Table = function(tbl)
      tbl.colspecs = { { "AlignLeft", 0.38 }, { "AlignLeft", 0.24 }, { "AlignLeft", 0.38 } }
      return tbl
    end,
  })
  return div.content
end

local function Div(div)
  local kind = callout_kind(div)
  if kind then
    return callout(div, kind)
  elseif not html and (div.classes:includes("cell") or div.classes:includes("cell-output")) then
    return div.content -- so that what they hold keeps its distance to the text around it
  elseif div.classes:includes("exhibit-list") then
    local kind = div.attributes.kind == "tbl" and "table" or '"figur"'
    return html and div.content or { pandoc.RawBlock("typst", "#exhibit-list(" .. kind .. ")") }
  elseif div.classes:includes("codebook") and not html then
    return codebook(div)
  elseif div.identifier ~= "refs" then
    return nil
  elseif not html then
    return { pandoc.RawBlock("typst", "#reference-list["), div, pandoc.RawBlock("typst", "]") }
  elseif references and references ~= "" then
    return {}
  end
end

local function CodeBlock(block)
  if not block.classes:includes("cell-code") then
    return nil
  elseif not html then
    return {} -- printed pages hold the results; the code is in the notebooks and folded on the web
  end
  block.classes = block.classes:filter(function(class)
    return class ~= "cell-code"
  end)
  return {
    pandoc.RawBlock("html", '<details class="code"><summary>Vis koden</summary>'),
    block,
    pandoc.RawBlock("html", "</details>"),
  }
end

local function Link(link)
  -- What lies beside the pages does not lie beside the printed book.
  if not html and not link.target:match("^#") and not link.target:match("^%a[%w+.-]*:") then
    return link.content
  end
  local id = html and link.target:match("^#(ref%-.+)$")
  if id then
    link.target = (references or "") .. link.target
    link.attributes["data-note"] = entries[id]
    return link
  end
end

-- A heading is a link to itself, so that a reader can copy its address.
local function Header(header)
  local plain = #header.content > 0
  header:walk({
    Link = function()
      plain = false
    end,
    Note = function()
      plain = false
    end,
  })
  if html and plain and header.identifier ~= "" and header.level > 1 then
    header.content = { pandoc.Link(header.content, "#" .. header.identifier, "", { class = "own-address" }) }
    return header
  end
end

-- Pandoc writes an unlisted or unnumbered heading with its level, which a chapter that stands in a part does not have;
-- with its depth it follows the chapter.
local function by_depth(header)
  local hidden = header.classes:includes("unlisted")
  if not hidden and not header.classes:includes("unnumbered") then
    return nil
  end
  local head = string.format("#heading(depth: %d, outlined: %s)[", header.level, tostring(not hidden))
  local inlines = pandoc.Inlines({ pandoc.RawInline("typst", head) })
  inlines:extend(header.content)
  local id = header.identifier ~= "" and " <" .. header.identifier .. ">" or ""
  inlines:insert(pandoc.RawInline("typst", "]" .. id))
  return pandoc.Plain(inlines)
end

-- So is an exhibit's number.
local function captions(blocks)
  local id
  return blocks:map(function(block)
    if block.t == "RawBlock" then
      id = block.text:match('^<figcaption id="(.+)%-tittel">$')
    elseif id and block.t == "Plain" and block.content[1] and block.content[1].t == "Strong" then
      block.content[1] = pandoc.Link({ block.content[1] }, "#" .. id, "", { class = "own-address" })
      id = nil
    end
    return block
  end)
end

-- Headings that share a name in two chapters, kept apart; ids the author gave stay.
local function apart(div)
  local stem = div.attributes.page:gsub("%.%w+$", ""):gsub("[^%w]+", "-")
  local renamed = {}
  div.content = div.content:walk({
    Header = function(header)
      if header.identifier ~= "" and not header.identifier:match("^sec%-") and header.identifier ~= stem then
        renamed[header.identifier] = stem .. "--" .. header.identifier
        header.identifier = renamed[header.identifier]
        return header
      end
    end,
  })
  div.content = div.content:walk({
    Link = function(link)
      local id = link.target:match("^#(.+)$")
      if id and renamed[id] then
        link.target = "#" .. renamed[id]
        return link
      end
    end,
  })
  return div.content
end

-- Pandoc centres a printed table, and with it the cells of columns that say nothing else.
local function printed_table(tbl)
  tbl.colspecs = tbl.colspecs:map(function(spec)
    return { spec[1] == "AlignDefault" and "AlignLeft" or spec[1], spec[2] }
  end)
  return tbl
end

-- A term and a meaning of one paragraph are one paragraph in print; Pandoc would make a block of the meaning, which a
-- page can part from its term.
local function printed_terms(list)
  local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", "#terms(") })
  for _, entry in ipairs(list.content) do
    local meaning = #entry[2] == 1 and #entry[2][1] == 1 and entry[2][1][1]
    if not meaning or not (meaning.t == "Para" or meaning.t == "Plain") then
      return nil
    end
    local item = pandoc.Inlines({ pandoc.RawInline("typst", "terms.item[") })
    item:extend(entry[1])
    item:insert(pandoc.RawInline("typst", "]["))
    item:extend(meaning.content)
    item:insert(pandoc.RawInline("typst", "],"))
    blocks:insert(pandoc.Plain(item))
  end
  blocks:insert(pandoc.RawBlock("typst", ")"))
  return blocks
end

local function Pandoc(doc)
  local where = doc.meta["book-references"]
  references = where and pandoc.utils.stringify(where) or nil
  doc.blocks:walk({
    Div = function(div)
      if div.identifier:match("^ref%-") then
        entries[div.identifier] = pandoc.utils.stringify(div)
      end
    end,
  })
  doc.blocks = doc.blocks:walk({ Div = Div, CodeBlock = CodeBlock, Link = Link, Header = Header })
  if html then
    doc.blocks = doc.blocks:walk({ Blocks = captions })
  end
  if not html then
    -- After the headings of the same name have been kept apart.
    doc.blocks = doc.blocks:walk({
      Div = function(div)
        return div.classes:includes("book-chapter") and apart(div) or nil
      end,
    })
    doc.blocks = doc.blocks:walk({ Header = by_depth, Table = printed_table, DefinitionList = printed_terms })
  end
  return doc
end

return { { Pandoc = Pandoc } }
