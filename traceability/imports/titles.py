"""The column titles that people use, per thing they import: English, Spanish, Lao, Vietnamese, Chinese and some French.

The first title of each is the one that our own messages and templates use. A new word is added here and nowhere else.
"""

from __future__ import annotations

from typing import Final

from traceability.imports.columns import Field


def _field(name: str, titles: str, *, many: bool = False) -> Field:
    return Field(name, tuple(titles.split("|")), many)


LOT_FIELDS: Final = (
    _field(
        "farm_name",
        "Farm Name|Farm|Estate|Finca|Nombre de la finca|ຊື່ສວນ|ສວນ|Tên trang trại|Trang trại|"
        "Nông trại|农场|农场名称|庄园",
    ),
    _field(
        "lot_number",
        "Lot Number|Lot|Lot No|Lot No.|Lote|Número de lote|ເລກລັອດ|ເລກທີລັອດ|Số lô|Mã lô|批号|批次号",
    ),
    _field(
        "producer",
        "Producer|Grower|Farmer|Productor|Producteur|ຜູ້ຜະລິດ|Người sản xuất|Nhà sản xuất|生产者|种植者",
    ),
    _field(
        "country",
        "Country of Origin|Country|Origin|País|País de origen|Pays|ປະເທດ|Nước|Quốc gia|Xuất xứ|国家|原产国",
    ),
    _field("region", "Region|Province|Región|Région|ແຂວງ|Tỉnh|Vùng|地区|产区"),
    _field("company", "Company|Exporter|Empresa|Exportador|ບໍລິສັດ|Công ty|公司|出口商"),
    _field(
        "mill",
        "Mill|Beneficio|Wet mill|Dry mill|ໂຮງສີ|Nhà máy|Nhà máy chế biến|加工厂|处理厂",
    ),
    _field("ico_mark", "ICO Number|ICO Mark|ICO|Marca OIC|OIC|ICO 号"),
    _field("altitude", "Altitude|Elevation|Altitud|Altura|ລະດັບຄວາມສູງ|Độ cao|海拔"),
    _field(
        "bags",
        "Number of Bags|Bags|No of bags|Sacos|Número de sacos|ຈຳນວນເປົາ|Số bao|袋数|包数",
    ),
    _field(
        "bag_weight",
        "Bag Weight|Weight per bag|Peso por saco|Peso del saco|ນ້ຳໜັກຕໍ່ເປົາ|Khối lượng bao|Trọng lượng bao|每袋重量|袋重",
    ),
    _field(
        "total_weight",
        "Total Weight|Net weight|Total kg|Net kg|Peso total|Peso neto|ນ້ຳໜັກລວມ|ນ້ຳໜັກສຸດທິ|"
        "Tổng khối lượng|Khối lượng tịnh|总重|净重",
    ),
    _field(
        "harvest",
        "Harvest Year|Harvest|Crop Year|Season|Cosecha|Año de cosecha|ປີເກັບກ່ຽວ|ລະດູການ|Niên vụ|Vụ|收获年份|产季",
    ),
    _field(
        "graded_on",
        "Grading Date|Graded on|Fecha de catación|ວັນທີຈັດຊັ້ນ|Ngày phân loại|分级日期|评级日期",
    ),
    _field("variety", "Variety|Varieties|Variedad|Variété|ສາຍພັນ|Giống|品种"),
    _field(
        "processing",
        "Processing Method|Process|Proceso|ວິທີປຸງແຕ່ງ|Phương pháp chế biến|处理法|加工方法",
    ),
    _field(
        "cup_score",
        "Total Cup Points|Cup Score|Score|Puntaje|Puntos de taza|ຄະແນນ|Điểm|杯测分数|总分",
    ),
    _field("moisture", "Moisture Percentage|Moisture|Humedad|ຄວາມຊຸ່ມ|Độ ẩm|水分|含水率"),
    _field("colour", "Color|Colour|ສີ|Màu|颜色"),
    _field(
        "certified_by",
        "Certification Body|Certifier|Certificadora|ໜ່ວຍງານຢັ້ງຢືນ|Tổ chức chứng nhận|认证机构",
    ),
    _field(
        "expires_on",
        "Expiration|Expires|Valid until|Vencimiento|ວັນໝົດອາຍຸ|Ngày hết hạn|有效期至",
    ),
)

FARMER_FIELDS: Final = (
    _field(
        "number",
        "Member number|Number|No|No.|Membership number|Farmer ID|ID|Code|Farmer code|"
        "Identificación interna del agricultor|Número de socio|Código|ເລກສະມາຊິກ|ລະຫັດ|Mã số|"
        "Mã hộ|Mã xã viên|Số thẻ|会员号|编号|社员编号",
    ),
    _field(
        "name",
        "Name|Full name|Farmer name|Farmer|Nombre completo|Nombre del agricultor|Productor|"
        "Nom complet|ຊື່ແລະນາມສະກຸນ|ຊື່ ແລະ ນາມສະກຸນ|ຊື່|ຊື່ຊາວກະສິກອນ|Họ và tên|Họ tên|Tên|"
        "Tên nông dân|Chủ hộ|姓名|名字|农户姓名",
    ),
    _field("first_name", "First name|Given name|Nombre|Nombres|Prénom|Tên gọi"),
    _field("last_name", "Last name|Surname|Family name|Apellido|Apellidos|ນາມສະກຸນ|Họ|姓"),
    _field(
        "village",
        "Village|City / Town / Village|Aldea|Ciudad / Pueblo / Aldea|Town|City|Caserio|ບ້ານ|Thôn|"
        "Bản|Ấp|Thôn bản|村|村庄",
        many=True,
    ),
    _field("commune", "Commune|Cell|Xã|Phường|乡|镇"),
    _field("district", "District|Sector|Municipio|Distrito|ເມືອງ|Huyện|县|区"),
    _field(
        "province",
        "Province|State / Province / Region|State|Departamento|Estado / Provincia / Región|Provincia|ແຂວງ|Tỉnh|省",
        many=True,
    ),
    _field("country", "Country|Country code|País|Codigo de país|Pays|ປະເທດ|Quốc gia|Nước|国家"),
    _field(
        "phone",
        "Phone number|Phone|Mobile|Telephone|Número de teléfono|Teléfono|Celular|Téléphone|ເບີໂທ|"
        "ເບີໂທລະສັບ|ໂທລະສັບ|Số điện thoại|Điện thoại|SĐT|电话|手机|电话号码",
    ),
    _field(
        "area_unit",
        "Area unit|Unit of area|Unidad de area|ຫົວໜ່ວຍເນື້ອທີ່|Đơn vị diện tích|面积单位",
    ),
    _field(
        "total_area",
        "Total cultivated area|Total area|Área total de la finca|Farm size|Área total|ເນື້ອທີ່ທັງໝົດ|Tổng diện tích|总面积",
    ),
    _field(
        "cultivated_area",
        "Area cultivated|Cultivated area|Area|Área cultivada|ເນື້ອທີ່|ເນື້ອທີ່ປູກ|Diện tích|Diện tích trồng|种植面积|面积",
        many=True,
    ),
    _field(
        "crop",
        "Crop|Crops|Product|Commodity|Cultivo|Producto|Culture|ພືດ|ຜະລິດຕະພັນ|Cây trồng|Sản phẩm|作物|产品",
    ),
    _field(
        "organic",
        "Organic production|Organic|Finca orgánica|Orgánico|Biologique|ອິນຊີ|ກະສິກຳອິນຊີ|Hữu cơ|有机",
    ),
    _field(
        "organic_area",
        "Area organic certified|Organic area|Área con certificación orgánica|ເນື້ອທີ່ອິນຊີ|Diện tích hữu cơ|有机面积",
    ),
    _field(
        "organic_since",
        "Start date of transitioning to organic|Organic since|Inicio de la producción orgánica|"
        "ເລີ່ມອິນຊີ|Hữu cơ từ|有机开始日期",
    ),
)

PLOT_FIELDS: Final = (
    _field(
        "geometry",
        "Geometry|Geom|GeoJSON|Polygon|Coordinates|Geometría|Polígono|ຂອບເຂດ|ພິກັດ|Tọa độ|Toạ độ|"
        "Ranh giới|几何|坐标|边界",
    ),
    _field("longitude", "Longitude|Lon|Lng|Long|Longitud|ລອງຕິຈູດ|Kinh độ|经度"),
    _field("latitude", "Latitude|Lat|Latitud|ລາຕິຈູດ|Vĩ độ|纬度"),
    _field(
        "name",
        "Name|Plot|Plot name|Plot ID|Plot code|Field|Parcela|Parcelle|ຕອນດິນ|ຊື່ຕອນ|Tên thửa|"
        "Thửa|Mã thửa|地块|地块名称|internal_id|user_id|FID|ID",
    ),
    _field(
        "producer",
        "ProducerName|Producer|Farmer|Farmer name|Productor|Producteur|ຜູ້ຜະລິດ|ຊາວກະສິກອນ|"
        "Người sản xuất|Nông dân|Chủ hộ|生产者|农户",
    ),
    _field("number", "Farmer ID|Member number|Farmer code|ເລກສະມາຊິກ|Mã hộ|社员编号"),
    _field("country", "ProducerCountry|Country|Country code|País|Pays|ປະເທດ|Quốc gia|Nước|国家"),
    _field(
        "place",
        "ProductionPlace|Place|Village|Subnational|Region|District|Province|Lugar|Lieu|ບ້ານ|ແຂວງ|"
        "Địa điểm|Thôn|Tỉnh|地点|村|省",
    ),
    _field("area", "Area|Area ha|Size|Superficie|Área|ເນື້ອທີ່|Diện tích|面积"),
    _field(
        "crops",
        "Commodities|Commodity|Crops|Crop|Product|Cultivo|Producto|ພືດ|Cây trồng|作物",
    ),
)

MOVEMENT_FIELDS: Final = (
    _field(
        "from",
        "From|Sender|Source|Supplier|From place|Origin|Seller|Desde|Remitente|De|Expéditeur|ຈາກ|ຜູ້ສົ່ງ|Từ|"
        "Nơi gửi|Bên gửi|发货方|来自|从",
    ),
    _field(
        "to",
        "To|Receiver|Destination|Recipient|Customer|To place|Buyer|Hasta|Destinatario|A|Destinataire|ຫາ|ຜູ້ຮັບ|"
        "Đến|Nơi nhận|Bên nhận|收货方|去往|到",
    ),
    _field(
        "item", "Item|Product|Goods|Commodity|Article|Producto|Produit|ສິນຄ້າ|Hàng hóa|Mặt hàng|Sản phẩm|货物|产品|品名"
    ),
    _field("date", "Date|Day|Moved on|Delivery date|Fecha|Jour|ວັນທີ|Ngày|日期"),
    _field(
        "quantity",
        "Quantity|Amount|Mass|Weight|Qty|Kg|Quantity kg|Cantidad|Peso|Quantité|Poids|ຈຳນວນ|ນ້ຳໜັກ|"
        "Số lượng|Khối lượng|数量|重量",
    ),
    _field("unit", "Unit|UoM|Unit of measure|Unidad|Unité|ຫົວໜ່ວຍ|Đơn vị|单位"),
    _field("lot", "Lot|Lot Number|Lot No|Batch|Batch Number|Lote|ເລກລັອດ|Số lô|Mã lô|批号"),
)
